import { Deliveries, type Deliver, type Delivered } from '../deliveries.js';
import { clientEnvironment, type FakeProvider, hostOf } from '../fake-provider.js';
import { createFakeOAuth, visitConsentPage } from '../oauth/fake-oauth.js';
import { boxDialect } from '../oauth/oauth-dialects.js';
import type { RegisteredClient } from '../oauth/oauth-routes.js';
import { revokeAtBox } from '../oauth/revoke-routes.js';
import { json } from '../provider-request.js';
import { startHosts } from '../start-hosts.js';
import { boxGuard } from './box-errors.js';
import { selectBoxFields } from './box-fields.js';
import { BoxDownloads, describeBoxFile } from './box-file-routes.js';
import { listBoxFolder, searchBox } from './box-list-routes.js';
import { BoxStore } from './box-store.js';
import { type BoxSignatureKeys, type BoxWebhook, BoxWebhooks } from './box-webhooks.js';

/** `account`, `api` and `dl` of Box; its tokens come from `api`. */
export type BoxHost = 'authorize' | 'api' | 'content';

/** Box on loopback. */
export interface FakeBox extends FakeProvider<BoxHost> {
  readonly files: BoxStore;
  /** The webhooks that there are. */
  webhooks(): readonly BoxWebhook[];
  /** The notifications that were sent, with what the client answered, when the last is answered. */
  deliveries(): Promise<readonly Delivered[]>;
  /** No address of a download that was given so far is good any more. */
  expireDownloads(): void;
}

export interface FakeBoxOptions extends RegisteredClient {
  /** Where the notifications for an https address really go. @default they are not sent */
  deliver?: Deliver;
  signatureKeys?: BoxSignatureKeys;
}

/** Starts a Box that knows one client. */
export async function startFakeBox({
  deliver,
  signatureKeys = { primary: 'box-primary-key', secondary: 'box-secondary-key' },
  ...client
}: FakeBoxOptions): Promise<FakeBox> {
  const oauth = createFakeOAuth({
    client,
    account: '22222',
    habits: { rotates: true, accessSeconds: 4_169, codeSeconds: 30 },
    prefixes: { code: 'boxcode', access: 'boxaccess', refresh: 'boxrefresh' },
    dialectOf: () => boxDialect,
  });
  const guarded = boxGuard(oauth);
  const store = new BoxStore();
  const downloads = new BoxDownloads(store);
  const deliveries = new Deliveries(deliver ?? null);
  const webhooks = new BoxWebhooks(signatureKeys, deliveries);
  store.onEvent((event) => webhooks.notify(event));
  const isThere = ({ id, type }: BoxWebhook['target']): boolean =>
    type === 'folder' || store.find(id) !== null;
  const { urls, ...hosts } = await startHosts(['authorize', 'api', 'content'], (urls) => ({
    'authorize GET /api/oauth2/authorize': (request) => oauth.authorize(request),
    'api POST /oauth2/token': (request) => oauth.token(request),
    'api POST /oauth2/revoke': (request) => revokeAtBox(request, oauth),
    'api GET /2.0/users/me': guarded(null, ({ query }, account) => {
      const user = {
        type: 'user',
        id: account,
        name: 'Ana Example',
        login: 'ana@example.org',
        status: 'active',
      };
      return json(selectBoxFields(user, query.get('fields')));
    }),
    'api GET /2.0/files/*': guarded(null, (request, _account, id = '') =>
      describeBoxFile(request, id, store),
    ),
    'api GET /2.0/files/*/content': guarded('root_readwrite', (request, _account, id = '') =>
      downloads.begin(request, id, urls.content),
    ),
    'api GET /2.0/folders/*/items': guarded(null, (request, _account, id = '') =>
      listBoxFolder(request, id, store),
    ),
    'api GET /2.0/search': guarded(null, (request) => searchBox(request, store)),
    'api POST /2.0/webhooks': guarded('manage_webhook', (request) => webhooks.create(request, isThere)),
    'api DELETE /2.0/webhooks/*': guarded('manage_webhook', (_request, _account, id = '') =>
      webhooks.remove(id),
    ),
    'content GET /d/1/*/download': (request, ticket = '') => downloads.finish(request, ticket),
  }));
  const endpoints = {
    authorizeUrl: `${urls.authorize}/api/oauth2/authorize`,
    tokenUrl: `${urls.api}/oauth2/token`,
    revokeUrl: `${urls.api}/oauth2/revoke`,
    apiUrl: urls.api,
    contentUrl: urls.content,
  };
  return {
    ...hosts,
    hosts: urls,
    endpoints,
    environment: {
      ...clientEnvironment('BOX', client, endpoints),
      BOX_REVOKE_URL: endpoints.revokeUrl,
      BOX_CONTENT_HOSTS: hostOf(urls.content),
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
    files: store,
    webhooks: () => webhooks.list(),
    deliveries: () => deliveries.settled(),
    expireDownloads: () => downloads.expire(),
  };
}
