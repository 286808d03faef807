import type { RevokeConnectionV1Reply, StorageService } from '@tidetable/contracts';
import { callProvider, type ProviderCallOptions, type ProviderRequest } from '../providers/call-provider.js';
import type { ProviderSettings } from '../providers/oauth-provider.js';
import type { StoredConnection } from './connection-row.js';
import type { ConnectionStore } from './connection-store.js';
import { refreshTokens } from './request-tokens.js';

/** What ending a connection needs. */
export interface RevokePorts {
  readonly store: ConnectionStore;
  readonly providers: Readonly<Record<StorageService, ProviderSettings>>;
  readonly calls: ProviderCallOptions;
}

/**
 * Ends a connection. The service is told first, since nobody can tell it later; whatever it says, the tokens are
 * removed here.
 */
export async function revokeConnection(
  accountId: string,
  service: StorageService,
  { store, providers, calls }: RevokePorts,
  signal: AbortSignal,
): Promise<RevokeConnectionV1Reply> {
  return store.remove(accountId, service, async (connection) => {
    try {
      const request = await revocation(providers[service], connection, calls);
      return request !== null && (await callProvider(request, calls, signal)).status < 300;
    } catch {
      return false;
    }
  });
}

/** `null` where the operator has taken the client away. */
async function revocation(
  settings: ProviderSettings,
  connection: StoredConnection,
  calls: ProviderCallOptions,
): Promise<ProviderRequest | null> {
  const { service, revokeUrl: url, client } = settings;
  if (client === null) return null;
  switch (service) {
    case 'gdrive':
      return form(url, { token: connection.refreshToken });
    case 'dropbox': {
      // This one takes no argument, refuses a body, and needs an access token that is good.
      const isGood = connection.accessExpiresAt.getTime() > Date.now() + calls.callTimeoutMs;
      const { accessToken } = isGood
        ? connection
        : await refreshTokens(settings, connection.refreshToken, calls);
      return { method: 'POST', url, headers: { Authorization: `Bearer ${accessToken}` } };
    }
    case 'box':
      return form(url, {
        client_id: client.id,
        client_secret: client.secret,
        token: connection.refreshToken,
      });
  }
}

function form(url: string, fields: Record<string, string>): ProviderRequest {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url, headers, body: new URLSearchParams(fields).toString() };
}
