import type { PushState, StorageService } from '@tidetable/contracts';
import type { FetcherEnv } from '../fetcher.env.js';
import type { ProviderSettings } from '../providers/oauth-provider.js';

/** The keys that Box signs with; either is enough, two let each be changed while the other holds. */
export interface BoxSignatureKeys {
  readonly primary: string | null;
  readonly secondary: string | null;
}

export function boxSignatureKeys(env: FetcherEnv): BoxSignatureKeys {
  return {
    primary: env.BOX_PRIMARY_SIGNATURE_KEY ?? null,
    secondary: env.BOX_SECONDARY_SIGNATURE_KEY ?? null,
  };
}

/** For each service whether it tells us of changes or, if not, what is lacking. */
export function pushStates(
  env: FetcherEnv,
  providers: Readonly<Record<StorageService, ProviderSettings>>,
): Record<StorageService, PushState> {
  const { primary, secondary } = boxSignatureKeys(env);
  const stateOf = (service: StorageService, hasKeys: boolean): PushState => {
    if (providers[service].client === null) return 'not-configured';
    if (env.PUBLIC_URL === undefined) return 'no-public-url';
    if (!env.PUBLIC_URL.startsWith('https:')) return 'no-https';
    return hasKeys ? 'on' : 'no-signature-keys';
  };
  return {
    gdrive: stateOf('gdrive', true),
    // Signed with the secret of the client.
    dropbox: stateOf('dropbox', true),
    box: stateOf('box', primary !== null || secondary !== null),
  };
}
