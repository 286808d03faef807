import { Deliveries, type Deliver, type Delivered } from '../deliveries.js';
import { clientEnvironment, type FakeProvider, hostOf } from '../fake-provider.js';
import { createFakeOAuth, visitConsentPage } from '../oauth/fake-oauth.js';
import { googleDialect } from '../oauth/oauth-dialects.js';
import type { RegisteredClient } from '../oauth/oauth-routes.js';
import { revokeAtGoogle } from '../oauth/revoke-routes.js';
import { startHosts } from '../start-hosts.js';
import { describeDriveAccount } from './drive-account.js';
import { listDriveChanges, startOfDriveChanges } from './drive-changes.js';
import { type DriveChannel, DriveChannels } from './drive-channels.js';
import { driveFileNotFound, driveGuard } from './drive-errors.js';
import { DriveExports } from './drive-export-host.js';
import { answerDriveExport, answerDriveFile } from './drive-file-routes.js';
import { listDriveFiles } from './drive-list-routes.js';
import { DriveStore } from './drive-store.js';

/** `accounts`, `oauth2`, `www`, `docs` and `googleusercontent` of Google, in this order. */
export type DriveHost = 'authorize' | 'token' | 'api' | 'export' | 'content';

/** Google Drive on loopback. */
export interface FakeDrive extends FakeProvider<DriveHost> {
  readonly files: DriveStore;
  /** The channels that are open now. */
  channels(): readonly DriveChannel[];
  /** The notifications that were sent, with what the client answered, when the last is answered. */
  deliveries(): Promise<readonly Delivered[]>;
}

export interface FakeDriveOptions extends RegisteredClient {
  /** Where the notifications for an https address really go. @default they are not sent */
  deliver?: Deliver;
}

/** Starts a Google Drive that knows one client. */
export async function startFakeDrive({ deliver, ...client }: FakeDriveOptions): Promise<FakeDrive> {
  const oauth = createFakeOAuth({
    client,
    account: 'ana@example.org',
    habits: { rotates: false, accessSeconds: 3_599, codeSeconds: 600 },
    prefixes: { code: '4/0A', access: 'ya29.a0', refresh: '1//0g' },
    dialectOf: googleDialect,
  });
  const guarded = driveGuard(oauth);
  const store = new DriveStore();
  const deliveries = new Deliveries(deliver ?? null);
  const exports = new DriveExports(oauth, store);
  let channels: DriveChannels | undefined;
  const names = ['authorize', 'token', 'api', 'export', 'content'] as const;
  const { urls, ...hosts } = await startHosts(names, (urls) => {
    const opened = (channels = new DriveChannels(urls.api, deliveries));
    store.onEvent((event) => opened.notify(event));
    return {
      'authorize GET /o/oauth2/v2/auth': (request) => oauth.authorize(request),
      'token POST /token': (request) => oauth.token(request),
      'token POST /revoke': (request) => revokeAtGoogle(request, oauth),
      'api GET /drive/v3/about': guarded((request, account) => describeDriveAccount(request, account)),
      'api GET /drive/v3/files': guarded((request) => listDriveFiles(request, store, urls.export)),
      'api GET /drive/v3/files/*': guarded((request, _account, id = '') =>
        answerDriveFile(request, id, store, urls.export),
      ),
      'api GET /drive/v3/files/*/export': guarded((request, _account, id = '') =>
        answerDriveExport(request, id, store),
      ),
      'api GET /drive/v3/changes/startPageToken': guarded(() => startOfDriveChanges(store)),
      'api GET /drive/v3/changes': guarded((request) => listDriveChanges(request, store, urls.export)),
      'api POST /drive/v3/files/*/watch': guarded((request, _account, id = '') => {
        if (store.find(id) === null) throw driveFileNotFound(id);
        return opened.watch(request, id);
      }),
      'api POST /drive/v3/changes/watch': guarded((request) => opened.watch(request, null)),
      'api POST /drive/v3/channels/stop': guarded((request) => opened.stop(request)),
      'export GET /spreadsheets/export': (request) => exports.begin(request, urls.content),
      'content GET /export/*': (request, ticket = '') => exports.finish(request, ticket),
    };
  });
  const endpoints = {
    authorizeUrl: `${urls.authorize}/o/oauth2/v2/auth`,
    tokenUrl: `${urls.token}/token`,
    revokeUrl: `${urls.token}/revoke`,
    apiUrl: urls.api,
    contentUrl: urls.content,
  };
  return {
    ...hosts,
    hosts: urls,
    endpoints,
    environment: {
      ...clientEnvironment('GDRIVE', client, endpoints),
      GDRIVE_REVOKE_URL: endpoints.revokeUrl,
      GDRIVE_CONTENT_HOSTS: `${hostOf(urls.export)},${hostOf(urls.content)}`,
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
    files: store,
    channels: () => channels?.list() ?? [],
    deliveries: () => deliveries.settled(),
  };
}
