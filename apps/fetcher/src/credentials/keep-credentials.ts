import type { KeepCredentialsV1Reply, KeepCredentialsV1Request } from '@tidetable/contracts';
import type { CredentialStore } from './credential-store.js';

/** Keeps what the requests of a synchronization carry, or says why not. What is only removed is removed anywhere. */
export async function keepCredentials(
  request: KeepCredentialsV1Request,
  store: Pick<CredentialStore, 'keep'> | null,
  { isHttpAllowed }: { isHttpAllowed: boolean },
): Promise<KeepCredentialsV1Reply> {
  const adds = (request.headers ?? null) !== null || (request.basicAuth ?? null) !== null;
  if (store === null)
    return adds ? { outcome: 'not-configured' } : { outcome: 'kept', headerNames: [], hasBasicAuth: false };
  if (adds && !request.origin.startsWith('https:') && !isHttpAllowed) return { outcome: 'over-http' };
  const kept = await store.keep(request);
  return kept === 'two-authorizations' ? { outcome: kept } : { outcome: 'kept', ...kept };
}
