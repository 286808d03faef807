import { storageServices, SyncError } from '@tidetable/contracts';
import { oauthDialects } from '../providers/oauth-provider.js';
import type { Connections } from './connections.js';

/**
 * Refreshes what was not used for so long that the service would let it end: a table that is refreshed once a year keeps
 * its connection. Tells how many were refreshed; what a service says against it is told by the connection's next use.
 */
export async function refreshIdleConnections(
  { store, tokens, providers }: Connections,
  signal: AbortSignal,
): Promise<number> {
  let refreshed = 0;
  for (const service of storageServices) {
    const { idleDaysMax } = oauthDialects[service];
    if (idleDaysMax === null || providers[service].client === null) continue;
    for (const accountId of await store.findIdle(service, idleDaysMax)) {
      try {
        await tokens.with(accountId, service, async () => undefined, signal);
        refreshed += 1;
      } catch (error) {
        if (!(error instanceof SyncError)) throw error;
      }
    }
  }
  return refreshed;
}
