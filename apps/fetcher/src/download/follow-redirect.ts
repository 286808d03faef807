import { SyncError } from '@tidetable/contracts';
import { type IsPortAllowed, portOf } from '../addresses/allowed-ports.js';

const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308];

export interface RedirectAnswer {
  status: number;
  /** As received: one character a byte. */
  location: string | undefined;
}

export interface RedirectRules {
  redirectsMax: number;
  isPortAllowed: IsPortAllowed;
}

/**
 * Where an answer sends us: the next address, or `null` when it is no redirect.
 *
 * `visited` are the addresses requested so far, the present one last. A redirect between http and https is
 * followed either way; credentials in the target are dropped: only those that the customer gave are ever sent.
 *
 * @throws SyncError source-scheme-refused, source-port-refused, source-redirects-too-many (also for a circle), and
 * source-http-error when there is no usable target.
 */
export function followRedirect(
  { status, location }: RedirectAnswer,
  visited: readonly string[],
  { redirectsMax, isPortAllowed }: RedirectRules,
): URL | null {
  if (!redirectStatuses.includes(status)) return null;
  const target = location === undefined ? null : parseTarget(location, visited.at(-1));
  if (target === null) throw new SyncError('source-http-error', `HTTP ${status} without a usable Location`);
  const next = requestableUrl(target, isPortAllowed);
  if (visited.includes(next.href))
    throw new SyncError('source-redirects-too-many', 'the redirects form a circle');
  if (visited.length > redirectsMax) {
    throw new SyncError('source-redirects-too-many', `more than ${redirectsMax} redirects`);
  }
  return next;
}

/**
 * A URL as it may be requested: http or https, to an allowed port, without credentials and fragment.
 * @throws SyncError source-scheme-refused, source-port-refused
 */
export function requestableUrl(url: URL, isPortAllowed: IsPortAllowed): URL {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new SyncError('source-scheme-refused');
  if (!isPortAllowed(portOf(url))) throw new SyncError('source-port-refused', `port ${portOf(url)}`);
  const requestable = new URL(url);
  requestable.username = '';
  requestable.password = '';
  requestable.hash = '';
  return requestable;
}

/** Servers write non-ASCII targets as raw UTF-8, which arrives here as one character a byte. */
function parseTarget(location: string, base: string | undefined): URL | null {
  const bytes = Buffer.from(location, 'latin1');
  const utf8 = bytes.toString('utf8');
  const text = utf8.includes('\uFFFD') ? location : utf8;
  return URL.canParse(text, base) ? new URL(text, base) : null;
}
