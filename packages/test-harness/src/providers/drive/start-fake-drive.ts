import { createFakeOAuth, visitConsentPage } from '../oauth/fake-oauth.js';
import { googleDialect } from '../oauth/oauth-dialects.js';
import type { RegisteredClient } from '../oauth/oauth-routes.js';
import { revokeAtGoogle } from '../oauth/revoke-routes.js';
import type { FakeProvider } from '../fake-provider.js';
import { startHosts } from '../start-hosts.js';
import { driveGuard } from './drive-errors.js';
import { describeDriveAccount } from './drive-account.js';

/** `accounts`, `oauth2`, `www`, `docs` and `googleusercontent` of Google, in this order. */
export type DriveHost = 'authorize' | 'token' | 'api' | 'export' | 'content';

/** Google Drive on loopback. */
export type FakeDrive = FakeProvider<DriveHost>;

/** Starts a Google Drive that knows one client. */
export async function startFakeDrive(client: RegisteredClient): Promise<FakeDrive> {
  const oauth = createFakeOAuth({
    client,
    account: 'ana@example.org',
    habits: { rotates: false, accessSeconds: 3_599, codeSeconds: 600 },
    prefixes: { code: '4/0A', access: 'ya29.a0', refresh: '1//0g' },
    dialectOf: googleDialect,
  });
  const guarded = driveGuard(oauth);
  const { urls, ...hosts } = await startHosts(['authorize', 'token', 'api', 'export', 'content'], () => ({
    'authorize GET /o/oauth2/v2/auth': (request) => oauth.authorize(request),
    'token POST /token': (request) => oauth.token(request),
    'token POST /revoke': (request) => revokeAtGoogle(request, oauth),
    'api GET /drive/v3/about': guarded((request, account) => describeDriveAccount(request, account)),
  }));
  return {
    ...hosts,
    hosts: urls,
    endpoints: {
      authorizeUrl: `${urls.authorize}/o/oauth2/v2/auth`,
      tokenUrl: `${urls.token}/token`,
      revokeUrl: `${urls.token}/revoke`,
      apiUrl: urls.api,
      contentUrl: urls.content,
    },
    routes: {
      token: 'token POST /token',
      revoke: 'token POST /revoke',
      describe: 'api GET /drive/v3/files/*',
      download: 'api GET /drive/v3/files/*',
      list: 'api GET /drive/v3/files',
    },
    visitor: oauth.visitor,
    tokens: oauth.tokens,
    consent: visitConsentPage,
  };
}
