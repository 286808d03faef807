import type {
  CheckConnectionV1Reply,
  ConnectionState,
  ListConnectionsV1Reply,
  ListServiceFilesV1Reply,
  ListServiceFilesV1Request,
  PushState,
  StorageService,
} from '@tidetable/contracts';
import { failureOf, storageServices, SyncError } from '@tidetable/contracts';
import { serviceTitles } from '../providers/oauth-provider.js';
import type { AccessTokens } from './access-tokens.js';
import type { ConnectAccountPorts } from './connect-account.js';

/** A page of files as a service lists them. */
export type ListedFiles = Omit<Extract<ListServiceFilesV1Reply, { outcome: 'listed' }>, 'outcome'>;

/** Everything that can be asked of connections. */
export interface Connections extends ConnectAccountPorts {
  readonly tokens: AccessTokens;
  /** Whether each service tells us of changes. */
  readonly pushStates: Readonly<Record<StorageService, PushState>>;
  /** Lists a customer's files at a service. */
  readonly listFiles: (request: ListServiceFilesV1Request, signal: AbortSignal) => Promise<ListedFiles>;
}

/** How the connections of an account stand: one answer for each service there is. */
export async function listConnections(
  accountId: string,
  { store, providers, pushStates }: Connections,
): Promise<ListConnectionsV1Reply> {
  const stored = await store.list(accountId);
  return {
    connections: storageServices.map((service) => {
      const connection = stored.find((candidate) => candidate.service === service);
      const state: ConnectionState =
        providers[service].client === null ? 'not-configured' : (connection?.state ?? 'none');
      return {
        service,
        state,
        accountName: connection?.accountName ?? null,
        connectedAt: connection?.connectedAt.toISOString() ?? null,
        push: pushStates[service],
      };
    }),
  };
}

/** Whether a connection holds, by having a token that is good. A service that is away says nothing against it. */
export async function checkConnection(
  accountId: string,
  service: StorageService,
  { tokens, providers }: Connections,
  signal: AbortSignal,
): Promise<CheckConnectionV1Reply> {
  if (providers[service].client === null) return { state: 'not-configured' };
  try {
    await tokens.with(accountId, service, async () => undefined, signal);
    return { state: 'connected' };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    if (error.code === 'connection-missing') return { state: 'none' };
    if (error.code === 'connection-not-configured') return { state: 'not-configured' };
    return { state: error.code === 'connection-refused' ? 'needs-reconnecting' : 'connected' };
  }
}

/** A page of a customer's files, or why the service gave none. */
export async function listServiceFiles(
  request: ListServiceFilesV1Request,
  { listFiles }: Connections,
  signal: AbortSignal,
): Promise<ListServiceFilesV1Reply> {
  try {
    return { outcome: 'listed', ...(await listFiles(request, signal)) };
  } catch (error) {
    const late = new SyncError('source-timeout', `${serviceTitles[request.service]} did not answer in time`);
    const failure = signal.aborted ? late : error;
    if (!(failure instanceof SyncError)) throw error;
    return { outcome: 'failed', failure: failureOf(failure) };
  }
}
