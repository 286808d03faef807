import type { IncomingHttpHeaders } from 'node:http';
import type { RequestFields } from '../http/request-fields.decorator.js';

/** What a request shows to say who it is from. */
export interface Credentials {
  apiKey: string;
  /** The user name of HTTP Basic; `null` for the ways that name none. */
  username: string | null;
}

/** No key is longer than this; longer text is not even looked up. */
const apiKeyCharactersMax = 200;

/**
 * The first key found in: the query, the body, HTTP Basic, a bearer token. `null` when there is none, or when
 * what stands there cannot be a key; a bad key is never passed over for a better one further down.
 */
export function readCredentials(
  { query, body }: RequestFields,
  headers: Pick<IncomingHttpHeaders, 'authorization'>,
): Credentials | null {
  for (const fields of [query, body]) {
    if (Object.hasOwn(fields, 'api_key')) return credentials(fields['api_key'], null);
  }
  return readAuthorization(headers.authorization);
}

function readAuthorization(header: string | undefined): Credentials | null {
  const [, scheme, value] = /^(\S+) +(\S+)\s*$/.exec(header ?? '') ?? [];
  switch (scheme?.toLowerCase()) {
    case 'basic':
      return readBasic(value ?? '');
    case 'bearer':
      return credentials(value, null);
    default:
      return null;
  }
}

function readBasic(encoded: string): Credentials | null {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? null : credentials(text.slice(colon + 1), text.slice(0, colon));
}

function credentials(apiKey: unknown, username: string | null): Credentials | null {
  if (typeof apiKey !== 'string' || apiKey === '' || apiKey.length > apiKeyCharactersMax) return null;
  return { apiKey, username };
}
