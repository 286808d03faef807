import { createFakeOAuth, visitConsentPage } from '../oauth/fake-oauth.js';
import { dropboxDialect } from '../oauth/oauth-dialects.js';
import type { RegisteredClient } from '../oauth/oauth-routes.js';
import { revokeAtDropbox } from '../oauth/revoke-routes.js';
import type { FakeProvider } from '../fake-provider.js';
import { startHosts } from '../start-hosts.js';
import { describeDropboxAccount } from './dropbox-account.js';
import { dropboxGuard, dropboxUnauthorized } from './dropbox-errors.js';

/** `www`, `api`, `content` and `notify` of Dropbox; its tokens come from `api`. */
export type DropboxHost = 'authorize' | 'api' | 'content' | 'notify';

/** Dropbox on loopback. */
export type FakeDropbox = FakeProvider<DropboxHost>;

/** Starts a Dropbox that knows one client. */
export async function startFakeDropbox(client: RegisteredClient): Promise<FakeDropbox> {
  const oauth = createFakeOAuth({
    client,
    account: 'dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc',
    habits: { rotates: false, accessSeconds: 14_400, codeSeconds: 600 },
    prefixes: { code: 'dbxcode-', access: 'sl.u.', refresh: 'dbxrefresh-' },
    dialectOf: () => dropboxDialect,
  });
  const guarded = dropboxGuard(oauth);
  const { urls, ...hosts } = await startHosts(['authorize', 'api', 'content', 'notify'], () => ({
    'authorize GET /oauth2/authorize': (request) => oauth.authorize(request),
    'api POST /oauth2/token': (request) => oauth.token(request),
    'api POST /2/auth/token/revoke': (request) => revokeAtDropbox(request, oauth, dropboxUnauthorized),
    'api POST /2/users/get_current_account': guarded('account_info.read', describeDropboxAccount),
  }));
  return {
    ...hosts,
    hosts: urls,
    endpoints: {
      authorizeUrl: `${urls.authorize}/oauth2/authorize`,
      tokenUrl: `${urls.api}/oauth2/token`,
      revokeUrl: `${urls.api}/2/auth/token/revoke`,
      apiUrl: urls.api,
      contentUrl: urls.content,
    },
    routes: {
      token: 'api POST /oauth2/token',
      revoke: 'api POST /2/auth/token/revoke',
      describe: 'api POST /2/files/get_metadata',
      download: 'content POST /2/files/download',
      list: 'api POST /2/files/search_v2',
    },
    visitor: oauth.visitor,
    tokens: oauth.tokens,
    consent: visitConsentPage,
  };
}
