import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type StorageService, storageServices } from '@tidetable/contracts';
import { FetcherClient } from '@tidetable/scheduler-client';
import { createLogger, parseEnvironment } from '@tidetable/service-host';
import {
  createEmptyDatabase,
  type FakeBox,
  type FakeDrive,
  type FakeDropbox,
  type NatsServer,
  startFakeBox,
  startFakeDrive,
  startFakeDropbox,
  startNats,
  type TestDatabase,
} from '@tidetable/test-harness';
import { Pool } from 'pg';
import { fetcherEnvSchema } from '../src/fetcher.env.js';
import { type RunningFetcher, start, type StartOptions } from '../src/start.js';

const publicUrl = 'https://tables.example.org';

/** A key as CONNECTION_KEYS has it. */
export function aKey(id: string): string {
  return `${id}:${randomBytes(32).toString('base64')}`;
}

/** Fake services, a database of connections, and fetchers that use both; what they log is kept. */
export interface ConnectionsWorld {
  readonly fakes: {
    readonly gdrive: FakeDrive;
    readonly dropbox: FakeDropbox;
    readonly box: FakeBox;
  };
  readonly database: Pool;
  /** Asks whichever fetcher is free. */
  readonly client: FetcherClient;
  /** The environment of every fetcher. */
  readonly environment: Readonly<Record<string, string>>;
  /** All that was logged, at the most talkative level. */
  logged(): string;
  startFetcher(environment?: Record<string, string>, options?: StartOptions): Promise<RunningFetcher>;
  /** The way of a customer from the api to the service and back; what the callback was called with. */
  consent(accountId: string, service: StorageService): Promise<Consent>;
  /** Connects an account, which is a new one unless it is given. */
  connect(service: StorageService, accountId?: string): Promise<string>;
  /** The access tokens of a connection have been used up for a while, as far as we know. */
  expire(accountId: string): Promise<void>;
  tokenRequests(service: StorageService): number;
  stop(): Promise<void>;
}

export interface Consent {
  readonly state: string;
  readonly binding: string;
  readonly code: string | null;
}

/** Starts everything but a fetcher. With `pushUrlOf` the services send notifications, to where it says for each. */
export async function startConnectionsWorld(
  pushUrlOf?: (service: StorageService) => string,
): Promise<ConnectionsWorld> {
  const nats: NatsServer = await startNats();
  const created: TestDatabase = await createEmptyDatabase();
  const database = new Pool({ connectionString: created.url });
  const clientOf = (service: StorageService) => ({
    clientId: `${service}-client`,
    clientSecret: `${service}/secret+${randomBytes(6).toString('hex')}`,
    redirectUri: `${publicUrl}/api/v1/imports/service/${service}/oauth_callback`,
  });
  const fakes = {
    gdrive: await startFakeDrive({
      ...clientOf('gdrive'),
      ...(pushUrlOf === undefined ? {} : { deliver: () => pushUrlOf('gdrive') }),
    }),
    dropbox: await startFakeDropbox({
      ...clientOf('dropbox'),
      ...(pushUrlOf === undefined ? {} : { webhook: pushUrlOf('dropbox') }),
    }),
    box: await startFakeBox({
      ...clientOf('box'),
      ...(pushUrlOf === undefined ? {} : { deliver: () => pushUrlOf('box') }),
    }),
  };
  const client = FetcherClient.create({ servers: [nats.url] }, 'connections-test');
  const fetchers: RunningFetcher[] = [];
  const lines: string[] = [];
  const logger = createLogger('fetcher', 'trace', { write: (line) => void lines.push(line) });
  const environment = {
    ...Object.assign({}, ...storageServices.map((service) => fakes[service].environment)),
    NATS_URL: nats.url,
    STAGED_FILES_URL: 'nats-object-store:',
    SOURCE_ALLOWED_CIDRS: '127.0.0.1/32',
    HEALTH_PORT: '0',
    CONNECTIONS_DATABASE_URL: created.url,
    CONNECTION_KEYS: aKey('first'),
    PUBLIC_URL: publicUrl,
    PROVIDER_CALL_TIMEOUT_MS: '2000',
  } as Record<string, string>;

  const consent = async (accountId: string, service: StorageService): Promise<Consent> => {
    const begun = await client.beginConnection({ accountId, service, username: 'demo' });
    if (begun.outcome !== 'begun') throw new Error(`connecting did not begin: ${begun.outcome}`);
    const { state } = begun;
    const binding = createHash('sha256').update(randomUUID()).digest('hex');
    const authorized = await client.authorizeConnection({ state, binding });
    if (authorized.outcome !== 'known' || authorized.authorizeUrl === null)
      throw new Error('no page of consent');
    const { searchParams } = await fakes[service].consent(authorized.authorizeUrl);
    if (searchParams.get('state') !== state) throw new Error('the service sent another state back');
    return { state, binding, code: searchParams.get('code') };
  };

  return {
    ...{ fakes, database, client, environment, consent },
    logged: () => lines.join(''),
    startFetcher: async (more = {}, options = {}) => {
      const env = parseEnvironment(fetcherEnvSchema, { ...environment, ...more });
      const fetcher = await start(env, logger, options);
      fetchers.push(fetcher);
      return fetcher;
    },
    connect: async (service, accountId = randomUUID()) => {
      const completed = await client.completeConnection({ service, ...(await consent(accountId, service)) });
      if (completed.outcome !== 'connected') throw new Error(`not connected: ${JSON.stringify(completed)}`);
      return accountId;
    },
    expire: async (accountId) => {
      await database.query(
        `UPDATE connections SET access_expires_at = now() + interval '2 minutes' WHERE account_id = $1`,
        [accountId],
      );
    },
    tokenRequests: (service) => fakes[service].requests(fakes[service].routes.token).length,
    stop: async () => {
      await client.close();
      await Promise.all(fetchers.map((fetcher) => fetcher.stop()));
      await Promise.all(storageServices.map((service) => fakes[service].stop()));
      await database.end();
      await created.drop();
      await nats.stop();
    },
  };
}
