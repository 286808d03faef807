import type { PlanSourceV1Request } from '@tidetable/contracts';
import { basicAuthorization, type Credentials } from '../download/credentials.js';

type Given = Pick<PlanSourceV1Request, 'source' | 'headers' | 'basicAuth'>;

/**
 * What the customer gave for the requests of this one plan, for the origin of its URL alone; `null` for nothing. A word
 * says why it is not to be used.
 */
export function givenCredentials(
  { source, headers, basicAuth }: Given,
  { isHttpAllowed }: { isHttpAllowed: boolean },
): Credentials | null | 'over-http' | 'two-authorizations' {
  if (source.kind !== 'url' || !URL.canParse(source.url)) return null;
  if (Object.keys(headers ?? {}).length === 0 && basicAuth === null) return null;
  const { protocol, origin } = new URL(source.url);
  if (protocol !== 'https:' && !isHttpAllowed) return 'over-http';
  const names = Object.keys(headers ?? {}).map((name) => name.toLowerCase());
  if (basicAuth !== null && names.includes('authorization')) return 'two-authorizations';
  if (basicAuth === null) return { origin, headers: { ...headers } };
  return { origin, headers: { ...headers, Authorization: basicAuthorization(basicAuth) } };
}
