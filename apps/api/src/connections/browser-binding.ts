import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** As long as the authorization itself, in seconds. */
const lifetimeSeconds = 600;
const secretForm = /^[A-Za-z0-9_-]{43}$/;

/** The form of a state, which says nothing of whether there is such an authorization. */
export function isState(text: unknown): text is string {
  return typeof text === 'string' && secretForm.test(text);
}

/**
 * The name of the cookie that ties an authorization to the browser in which it was begun. Each has its own, so that two
 * windows do not disturb each other. Browsers take one with this prefix from nobody but this very host, by https.
 */
export function cookieName(state: string, isSecure: boolean): string {
  const name = `tidetable_connect_${createHash('sha256').update(state).digest('hex').slice(0, 16)}`;
  return isSecure ? `__Host-${name}` : name;
}

/** The cookie's secret in the header of a request; `null` when it is not there. */
export function readSecret(header: string | undefined, name: string): string | null {
  for (const pair of header?.split(';') ?? []) {
    const [key, value = ''] = pair.trim().split('=');
    if (key === name && secretForm.test(value)) return value;
  }
  return null;
}

/** A secret of 256 random bits. */
export function createSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** A `Set-Cookie` header: sent along when the service leads the browser back, not to be read by scripts. */
export function setCookie(name: string, secret: string, isSecure: boolean): string {
  return cookie(name, secret, lifetimeSeconds, isSecure);
}

/** A `Set-Cookie` header that removes the cookie again. */
export function clearCookie(name: string, isSecure: boolean): string {
  return cookie(name, '', 0, isSecure);
}

function cookie(name: string, value: string, maxAgeSeconds: number, isSecure: boolean): string {
  const secure = isSecure ? '; Secure' : '';
  return `${name}=${value}; Max-Age=${maxAgeSeconds}; Path=/; HttpOnly; SameSite=Lax${secure}`;
}

/** What an authorization remembers of the browser: nothing from which the cookie could be made. */
export function bindingOf(secret: string): string {
  return digest('binding', secret);
}

/** What our page adds to its link, and no other page can know: that this browser's owner saw it and goes on. */
export function agreementOf(secret: string): string {
  return digest('agreement', secret);
}

/** Whether a link is one of our own page in this browser. */
export function isAgreement(text: unknown, secret: string): boolean {
  if (typeof text !== 'string') return false;
  const [given, right] = [Buffer.from(text), Buffer.from(agreementOf(secret))];
  return given.length === right.length && timingSafeEqual(given, right);
}

function digest(purpose: string, secret: string): string {
  return createHash('sha256').update(`${purpose}:${secret}`).digest('base64url');
}
