import { createFakeOAuth, visitConsentPage } from '../oauth/fake-oauth.js';
import { boxDialect } from '../oauth/oauth-dialects.js';
import type { RegisteredClient } from '../oauth/oauth-routes.js';
import { revokeAtBox } from '../oauth/revoke-routes.js';
import type { FakeProvider } from '../fake-provider.js';
import { json } from '../provider-request.js';
import { startHosts } from '../start-hosts.js';
import { boxGuard } from './box-errors.js';
import { selectBoxFields } from './box-fields.js';

/** `account`, `api` and `dl` of Box; its tokens come from `api`. */
export type BoxHost = 'authorize' | 'api' | 'content';

/** Box on loopback. */
export type FakeBox = FakeProvider<BoxHost>;

/** Starts a Box that knows one client. */
export async function startFakeBox(client: RegisteredClient): Promise<FakeBox> {
  const oauth = createFakeOAuth({
    client,
    account: '22222',
    habits: { rotates: true, accessSeconds: 4_169, codeSeconds: 30 },
    prefixes: { code: 'boxcode', access: 'boxaccess', refresh: 'boxrefresh' },
    dialectOf: () => boxDialect,
  });
  const guarded = boxGuard(oauth);
  const { urls, ...hosts } = await startHosts(['authorize', 'api', 'content'], () => ({
    'authorize GET /api/oauth2/authorize': (request) => oauth.authorize(request),
    'api POST /oauth2/token': (request) => oauth.token(request),
    'api POST /oauth2/revoke': (request) => revokeAtBox(request, oauth),
    'api GET /2.0/users/me': guarded(({ query }, account) => {
      const user = {
        type: 'user',
        id: account,
        name: 'Ana Example',
        login: 'ana@example.org',
        status: 'active',
      };
      return json(selectBoxFields(user, query.get('fields')));
    }),
  }));
  return {
    ...hosts,
    hosts: urls,
    endpoints: {
      authorizeUrl: `${urls.authorize}/api/oauth2/authorize`,
      tokenUrl: `${urls.api}/oauth2/token`,
      revokeUrl: `${urls.api}/oauth2/revoke`,
      apiUrl: urls.api,
      contentUrl: urls.content,
    },
    routes: {
      token: 'api POST /oauth2/token',
      revoke: 'api POST /oauth2/revoke',
      describe: 'api GET /2.0/files/*',
      download: 'api GET /2.0/files/*/content',
      list: 'api GET /2.0/search',
    },
    visitor: oauth.visitor,
    tokens: oauth.tokens,
    consent: visitConsentPage,
  };
}
