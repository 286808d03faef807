import type { RevokeConnectionV1Reply, StorageService } from '@tidetable/contracts';
import { callProvider, type ProviderCallOptions, type ProviderRequest } from '../providers/call-provider.js';
import type { ProviderSettings } from '../providers/oauth-provider.js';
import type { ConnectionStore, StoredConnection } from './connection-store.js';

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
  const connection = await store.find(accountId, service);
  if (connection === null) return { wasThere: false, serviceTold: false };
  const request = revocation(providers[service], connection);
  const serviceTold = await callProvider(request, calls, signal).then(
    ({ status }) => status < 300,
    () => false,
  );
  return { wasThere: await store.remove(accountId, service), serviceTold };
}

function revocation(
  { service, revokeUrl, client }: ProviderSettings,
  { accessToken, refreshToken }: StoredConnection,
): ProviderRequest {
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  switch (service) {
    case 'gdrive':
      return { method: 'POST', url: revokeUrl, headers: form, body: encode({ token: refreshToken }) };
    case 'dropbox':
      // This one takes no argument, and refuses a body.
      return { method: 'POST', url: revokeUrl, headers: { Authorization: `Bearer ${accessToken}` } };
    case 'box':
      return {
        method: 'POST',
        url: revokeUrl,
        headers: form,
        body: encode({
          client_id: client?.id ?? '',
          client_secret: client?.secret ?? '',
          token: refreshToken,
        }),
      };
  }
}

function encode(fields: Record<string, string>): string {
  return new URLSearchParams(fields).toString();
}
