import { type Source, SyncError } from '@tidetable/contracts';
import type { Credentials } from '../download/credentials.js';
import type { CredentialStore } from './credential-store.js';

/** What the requests for a URL carry beside it; `null` for nothing. @throws SyncError, or when we cannot say */
export type TakeCredentials = (source: Extract<Source, { kind: 'url' }>) => Promise<Credentials | null>;

/**
 * Takes what was kept for a source. A source without anything costs nothing; of one that should have something,
 * nothing is asked without it.
 *
 * @throws SyncError `source-credentials-missing` when it is not there or is for another origin,
 * `source-credentials-insecure` over plain http; anything else is our fault
 */
export function credentialsTaker(
  store: Pick<CredentialStore, 'find'> | null,
  { isHttpAllowed }: { isHttpAllowed: boolean },
): TakeCredentials {
  return async ({ url, credentialsOf }) => {
    if (credentialsOf === undefined) return null;
    const { protocol, origin } = new URL(url);
    if (protocol !== 'https:' && !isHttpAllowed) throw new SyncError('source-credentials-insecure');
    const found = (await store?.find(credentialsOf)) ?? null;
    if (found?.origin !== origin) throw new SyncError('source-credentials-missing');
    return found;
  };
}
