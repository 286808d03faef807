/** What one origin is to see, and no other. */
export interface Credentials {
  /** Scheme, host and port, as `URL.origin` has them. */
  readonly origin: string;
  /** E.g. `Authorization`. Never logged, never part of an error. */
  readonly headers: Readonly<Record<string, string>>;
}

/** User name and password of a URL as HTTP Basic (RFC 7617, UTF-8) for its own origin; `null` without any. */
export function credentialsInUrl(url: URL): Credentials | null {
  if (url.username === '' && url.password === '') return null;
  const pair = { username: decode(url.username), password: decode(url.password) };
  return { origin: url.origin, headers: { Authorization: basicAuthorization(pair) } };
}

/** The value of `Authorization` for HTTP Basic (RFC 7617, UTF-8). */
export function basicAuthorization({
  username,
  password,
}: {
  readonly username: string;
  readonly password: string;
}): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Whether a request for this address carries the credentials. */
export function carriesCredentials(credentials: Credentials | null | undefined, target: URL): boolean {
  return credentials?.origin === target.origin;
}

/** The headers to add to a request for this address: none unless it is of the credentials' own origin. */
export function credentialHeaders(
  credentials: Credentials | null,
  target: URL,
): Readonly<Record<string, string>> {
  return credentials?.origin === target.origin ? credentials.headers : {};
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A percent sign that stands for itself.
  }
}
