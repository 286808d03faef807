import { createHmac } from 'node:crypto';
import { Deliveries, type Deliver, type Delivered } from '../deliveries.js';
import { clientEnvironment, type FakeProvider } from '../fake-provider.js';
import { createFakeOAuth, visitConsentPage } from '../oauth/fake-oauth.js';
import { dropboxDialect } from '../oauth/oauth-dialects.js';
import type { RegisteredClient } from '../oauth/oauth-routes.js';
import { revokeAtDropbox } from '../oauth/revoke-routes.js';
import { startHosts } from '../start-hosts.js';
import { describeDropboxAccount } from './dropbox-account.js';
import { dropboxGuard, dropboxUnauthorized } from './dropbox-errors.js';
import { describeDropboxFile, downloadDropboxFile } from './dropbox-file-routes.js';
import { DropboxListings } from './dropbox-list-routes.js';
import { DropboxStore } from './dropbox-store.js';

/** `www`, `api` and `content` of Dropbox; its tokens come from `api`. */
export type DropboxHost = 'authorize' | 'api' | 'content';

/** Dropbox on loopback. */
export interface FakeDropbox extends FakeProvider<DropboxHost> {
  readonly files: DropboxStore;
  /** Sends the question that Dropbox asks before it takes an address for notifications. @returns whether it is answered well */
  challengeWebhook(): Promise<boolean>;
  /** The notifications that were sent, with what the client answered, when the last is answered. */
  deliveries(): Promise<readonly Delivered[]>;
}

export interface FakeDropboxOptions extends RegisteredClient {
  /** The address for notifications that is set for the app, of all accounts. @default none */
  webhook?: string;
}

/** Starts a Dropbox that knows one client. */
export async function startFakeDropbox({ webhook, ...client }: FakeDropboxOptions): Promise<FakeDropbox> {
  const oauth = createFakeOAuth({
    client,
    account: 'dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc',
    habits: { rotates: false, accessSeconds: 14_400, codeSeconds: 600 },
    prefixes: { code: 'dbxcode-', access: 'sl.u.', refresh: 'dbxrefresh-' },
    dialectOf: () => dropboxDialect,
  });
  const guarded = dropboxGuard(oauth);
  const store = new DropboxStore();
  const listings = new DropboxListings(store);
  const toWebhook: Deliver = () => webhook ?? '';
  const deliveries = new Deliveries(webhook === undefined ? null : toWebhook);
  store.onEvent(() => deliveries.send(accountChanged(oauth.visitor.account, client.clientSecret)));
  const metadata = 'files.metadata.read';
  const { urls, ...hosts } = await startHosts(['authorize', 'api', 'content'], () => ({
    'authorize GET /oauth2/authorize': (request) => oauth.authorize(request),
    'api POST /oauth2/token': (request) => oauth.token(request),
    'api POST /2/auth/token/revoke': (request) => revokeAtDropbox(request, oauth, dropboxUnauthorized),
    'api POST /2/users/get_current_account': guarded('account_info.read', describeDropboxAccount),
    'api POST /2/files/get_metadata': guarded(metadata, (request) => describeDropboxFile(request, store)),
    'api POST /2/files/list_folder': guarded(metadata, (request) => listings.list(request)),
    'api POST /2/files/list_folder/continue': guarded(metadata, (request) => listings.continueList(request)),
    'api POST /2/files/list_folder/get_latest_cursor': guarded(metadata, (request) =>
      listings.latest(request),
    ),
    'api POST /2/files/search_v2': guarded(metadata, (request) => listings.search(request)),
    'api POST /2/files/search/continue_v2': guarded(metadata, (request) => listings.continueSearch(request)),
    'content POST /2/files/download': guarded('files.content.read', (request) =>
      downloadDropboxFile(request, store),
    ),
  }));
  const endpoints = {
    authorizeUrl: `${urls.authorize}/oauth2/authorize`,
    tokenUrl: `${urls.api}/oauth2/token`,
    revokeUrl: `${urls.api}/2/auth/token/revoke`,
    apiUrl: urls.api,
    contentUrl: urls.content,
  };
  return {
    ...hosts,
    hosts: urls,
    endpoints,
    environment: {
      ...clientEnvironment('DROPBOX', client, endpoints),
      DROPBOX_CONTENT_URL: endpoints.contentUrl,
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
    files: store,
    challengeWebhook: () => challenge(webhook),
    deliveries: () => deliveries.settled(),
  };
}

/** Names the account only: the client has to find out what changed. */
function accountChanged(
  account: string,
  appSecret: string,
): { address: string; headers: Record<string, string>; body: string } {
  const body = JSON.stringify({ list_folder: { accounts: [account] }, delta: { users: [12_345] } });
  return {
    address: '',
    headers: {
      'User-Agent': 'DropboxWebhooks/1.0',
      'Content-Type': 'application/json',
      'X-Dropbox-Signature': createHmac('sha256', appSecret).update(body).digest('hex'),
    },
    body,
  };
}

async function challenge(webhook: string | undefined): Promise<boolean> {
  if (webhook === undefined) throw new Error('the app has no address for notifications');
  const asked = new URL(webhook);
  asked.searchParams.set('challenge', 'abc123');
  const answer = await fetch(asked, { redirect: 'manual' });
  const isSafe = answer.headers.get('x-content-type-options') === 'nosniff';
  const isText = answer.headers.get('content-type')?.startsWith('text/plain') ?? false;
  return answer.status === 200 && isSafe && isText && (await answer.text()) === 'abc123';
}
