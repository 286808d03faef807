import type { StorageService } from '@tidetable/contracts';
import type { FetcherEnv } from '../fetcher.env.js';
import type { ProviderSettings } from './oauth-provider.js';
import { clientOf } from './provider.env.js';

/** The storage services as this installation knows them. */
export function providerSettings(env: FetcherEnv): Record<StorageService, ProviderSettings> {
  return {
    gdrive: {
      service: 'gdrive',
      client: clientOf(env, 'GDRIVE'),
      authorizeUrl: env.GDRIVE_AUTHORIZE_URL,
      tokenUrl: env.GDRIVE_TOKEN_URL,
      revokeUrl: env.GDRIVE_REVOKE_URL,
      apiUrl: env.GDRIVE_API_URL,
      contentUrl: env.GDRIVE_API_URL,
      contentHosts: env.GDRIVE_CONTENT_HOSTS,
    },
    dropbox: {
      service: 'dropbox',
      client: clientOf(env, 'DROPBOX'),
      authorizeUrl: env.DROPBOX_AUTHORIZE_URL,
      tokenUrl: env.DROPBOX_TOKEN_URL,
      revokeUrl: `${env.DROPBOX_API_URL}/2/auth/token/revoke`,
      apiUrl: env.DROPBOX_API_URL,
      contentUrl: env.DROPBOX_CONTENT_URL,
      contentHosts: [],
    },
    box: {
      service: 'box',
      client: clientOf(env, 'BOX'),
      authorizeUrl: env.BOX_AUTHORIZE_URL,
      tokenUrl: env.BOX_TOKEN_URL,
      revokeUrl: env.BOX_REVOKE_URL,
      apiUrl: env.BOX_API_URL,
      contentUrl: env.BOX_API_URL,
      contentHosts: env.BOX_CONTENT_HOSTS,
    },
  };
}
