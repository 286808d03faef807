import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { freePort, type LocalStack, startLocalStack } from '@tidetable/local-stack';
import { runMigrations } from '@tidetable/metadata-db';
import { insertAccount, insertApiKey, waitFor } from '@tidetable/test-harness';
import pg from 'pg';
import { type LinkName, linkNames, replicas, type ServiceName, serviceNames } from '../faults/fault.js';
import { KeptService } from './kept-service.js';
import { type Link, openLink } from './link.js';
import { mountStagingDisk, type StagingDisk } from './staging-disk.js';

/** An account that load comes from. Its schema is called like it. */
export interface ChaosAccount {
  readonly username: string;
  readonly apiKey: string;
}

/** All of Tidetable, two of each service, and what can be broken of it. */
export interface ChaosSystem {
  readonly stack: LocalStack;
  readonly accounts: readonly ChaosAccount[];
  /** One for each process of the api. */
  readonly apiUrls: readonly string[];
  /** Direct ways to the databases, which no fault of a link hits. */
  readonly metadata: pg.Pool;
  readonly destination: pg.Pool;
  readonly stagingDisk: StagingDisk;
  readonly logsFolder: string;
  service(name: ServiceName, replica: number): KeptService;
  link(name: LinkName): Link;
  /** How often services ended although nobody had killed them. */
  ownEnds(): number;
  /** Ends the services and keeps the servers. */
  stopServices(): Promise<void>;
  stop(): Promise<void>;
}

const accountCount = 4;
/** How long a worker may show no sign of life; faults freeze workers for longer. */
const ackWaitMs = '2000';

/** Starts servers, links and services in a folder that is there, and resolves when the api answers. */
export async function startSystem(folder: string, path: string | undefined): Promise<ChaosSystem> {
  const stack = await startLocalStack({
    dataFolder: join(folder, 'data'),
    durability: 'fast',
    env: { PATH: path },
  });
  await runMigrations(stack.metadataDatabaseUrl);
  const metadata = pool(stack.metadataDatabaseUrl);
  const destination = pool(stack.destinationDatabaseUrl);
  const accounts = await makeAccounts(metadata);
  const stagingDisk = mountStagingDisk(join(folder, 'staged'));
  const links = await openLinks(stack);
  const apiPorts = await Promise.all(Array.from({ length: replicas }, () => freePort()));
  const logsFolder = join(folder, 'data', 'logs');
  const settings = settingsOf(stagingDisk.folder, path);
  const services = new Map(
    serviceNames.flatMap((name) =>
      apiPorts.map((port, replica): [string, KeptService] => {
        const env = { ...settings, ...addressesFor(name, stack, links), API_PORT: String(port) };
        return [`${name}-${replica}`, new KeptService(name, env, join(logsFolder, `${name}-${replica}.log`))];
      }),
    ),
  );
  for (const service of services.values()) service.start();
  const apiUrls = apiPorts.map((port) => `http://127.0.0.1:${port}`);
  const stopServices = async (): Promise<void> =>
    void (await Promise.all([...services.values()].map((service) => service.stop())));
  await waitFor(
    async () => (await Promise.all(apiUrls.map((url) => fetch(`${url}/readyz`)))).every(({ ok }) => ok),
    {
      timeoutMs: 180_000,
      until: 'the api answers',
    },
  );
  return {
    stack,
    accounts,
    apiUrls,
    metadata,
    destination,
    stagingDisk,
    logsFolder,
    service: (name, replica) => services.get(`${name}-${replica}`)!,
    link: (name) => links.get(name)!,
    ownEnds: () => [...services.values()].reduce((sum, service) => sum + service.ownEnds, 0),
    stopServices,
    stop: async () => {
      await Promise.all([...links.values()].map((link) => link.close()));
      await Promise.all([metadata.end(), destination.end()]);
      await stack.stop();
    },
  };
}

async function makeAccounts(metadata: pg.Pool): Promise<ChaosAccount[]> {
  const accounts: ChaosAccount[] = [];
  for (let n = 1; n <= accountCount; n += 1) {
    const { id, username } = await insertAccount(metadata, { username: `chaos${n}` });
    accounts.push({ username, apiKey: await insertApiKey(metadata, id) });
  }
  return accounts;
}

async function openLinks(stack: LocalStack): Promise<Map<LinkName, Link>> {
  const links = new Map<LinkName, Link>();
  for (const name of linkNames) {
    const target = name.endsWith('-nats') ? stack.natsUrl : stack.metadataDatabaseUrl;
    links.set(name, await openLink(target));
  }
  return links;
}

/** Every service goes to the servers by links of its own. */
function addressesFor(
  name: ServiceName,
  stack: LocalStack,
  links: Map<LinkName, Link>,
): Record<string, string> {
  const by = (link: LinkName, url: string): string => {
    const address = new URL(url);
    address.host = new URL(links.get(link)!.url).host;
    return address.href;
  };
  return {
    METADATA_DATABASE_URL: by(`${name}-postgres`, stack.metadataDatabaseUrl),
    DESTINATION_DATABASE_URL: by(`${name}-postgres`, stack.destinationDatabaseUrl),
    CONNECTIONS_DATABASE_URL: by(`${name}-postgres`, stack.connectionsDatabaseUrl),
    NATS_URL: by(`${name}-nats`, stack.natsUrl),
  };
}

/** Short patience everywhere, so that ten minutes hold what days do. */
function settingsOf(stagedFolder: string, path = ''): Record<string, string> {
  return {
    PATH: path,
    CONNECTION_KEYS: `chaos:${randomBytes(32).toString('base64')}`,
    CREDENTIALS_OVER_HTTP: 'true',
    STAGED_FILES_URL: `file://${stagedFolder}`,
    SOURCE_ALLOWED_CIDRS: '127.0.0.0/8',
    SOURCE_HOST_REQUESTS_PER_MINUTE: '0',
    SOURCE_WAIT_MS: '20000',
    CONNECT_TIMEOUT_MS: '3000',
    IDLE_TIMEOUT_MS: '3000',
    DOWNLOAD_TIMEOUT_MS: '20000',
    ACCOUNT_RUNS_MAX: '16',
    HEALTH_PORT: '0',
    API_HOST: '127.0.0.1',
    ACK_WAIT_MS: ackWaitMs,
    RETRY_DELAY_MS: '200',
    CLAIM_INTERVAL_MS: '300',
    RELAY_INTERVAL_MS: '300',
    RESCUE_INTERVAL_MS: '500',
    RUN_DEADLINE_SECONDS: '120',
    SWEEP_INTERVAL_MS: '2000',
    SWEEP_AGE_MS: '5000',
    SYNC_NOW_GAP_SECONDS: '0',
    MIN_INTERVAL_SECONDS: '1',
    FETCH_CONCURRENCY: '4',
    IMPORT_CONCURRENCY: '2',
  };
}

function pool(url: string): pg.Pool {
  const made = new pg.Pool({
    connectionString: url,
    max: 3,
    application_name: 'tidetable-chaos',
    connectionTimeoutMillis: 5_000,
  });
  // A server that is killed takes idle connections with it; the next query makes a new one.
  made.on('error', () => undefined);
  return made;
}
