import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { freePort, type LocalStack, startLocalStack } from '@tidetable/local-stack';
import { runMigrations } from '@tidetable/metadata-db';
import { insertAccount, insertApiKey, type Origin, startOrigin, waitFor } from '@tidetable/test-harness';
import pg from 'pg';
import { type ServiceName, type ServiceProcess, startService } from './service-process.js';

/** Fast enough for tests, slow enough that a living worker never loses its run. */
const ackWaitMs = '1500';

/** What lies in the stream, and what of it waits for somebody. */
export interface BusState {
  readonly messages: number;
  readonly consumers: string[];
  readonly waiting: number;
}

/** The whole of Tidetable: servers, services as processes, an account, and a source. */
export interface System {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly stack: LocalStack;
  readonly origin: Origin;
  readonly metadata: pg.Pool;
  readonly destination: pg.Pool;
  /** The account's schema in the destination. */
  readonly schema: string;
  start(name: ServiceName, env?: Record<string, string>): Promise<ServiceProcess>;
  /** What has been staged and not yet removed. */
  stagedFiles(): Promise<string[]>;
  stagingTables(): Promise<string[]>;
  /** Messages that lie in the stream, its consumers, and how many messages these have yet to be given or to acknowledge. */
  bus(): Promise<BusState>;
  logs(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts servers, an account and a source, and no service yet; `settings` are every service's environment besides. Everything is this file's own, so that servers may
 * be killed without disturbing others.
 */
export async function startSystem(settings: Record<string, string> = {}): Promise<System> {
  const folder = await mkdtemp(join(tmpdir(), 'tidetable-e2e-'));
  const stack = await startLocalStack({
    dataFolder: join(folder, 'data'),
    durability: 'fast',
    // As root the servers' folder is elsewhere, and would stay.
    temporary: true,
    env: { PATH: process.env['PATH'] },
  });
  await runMigrations(stack.metadataDatabaseUrl);
  const metadata = pool(stack.metadataDatabaseUrl);
  const destination = pool(stack.destinationDatabaseUrl);
  const account = await insertAccount(metadata, { username: 'demo' });
  const apiKey = await insertApiKey(metadata, account.id);
  const origin = await startOrigin();
  const services: ServiceProcess[] = [];
  const logFile = join(folder, 'services.log');
  const staged = join(folder, 'staged');
  const apiPort = await freePort();
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const shared = {
    METADATA_DATABASE_URL: stack.metadataDatabaseUrl,
    DESTINATION_DATABASE_URL: stack.destinationDatabaseUrl,
    NATS_URL: stack.natsUrl,
    CONNECTIONS_DATABASE_URL: stack.connectionsDatabaseUrl,
    CONNECTION_KEYS: `e2e:${randomBytes(32).toString('base64')}`,
    PUBLIC_URL: apiUrl,
    STAGED_FILES_URL: `file://${staged}`,
    SOURCE_ALLOWED_CIDRS: '127.0.0.1/32',
    HEALTH_PORT: '0',
    ACK_WAIT_MS: ackWaitMs,
    RETRY_DELAY_MS: '100',
    CLAIM_INTERVAL_MS: '200',
    RELAY_INTERVAL_MS: '200',
    RESCUE_INTERVAL_MS: '200',
    SWEEP_INTERVAL_MS: '300',
    SWEEP_AGE_MS: '300',
    SYNC_NOW_GAP_SECONDS: '0',
    MIN_INTERVAL_SECONDS: '1',
    ...settings,
  };

  return {
    apiUrl,
    apiKey,
    stack,
    origin,
    metadata,
    destination,
    schema: 'demo',
    start: async (name, env = {}) => {
      const service = startService(name, { ...shared, API_PORT: String(apiPort), ...env }, logFile);
      services.push(service);
      if (name === 'api') await waitFor(async () => (await fetch(`${apiUrl}/readyz`)).ok);
      return service;
    },
    stagedFiles: () => readdir(staged).catch(() => []),
    stagingTables: async () => {
      const { rows } = await destination.query<{ relname: string }>(
        `SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('tidetable_staging')`,
      );
      return rows.map((row) => row.relname);
    },
    bus: async () => readBus(stack.natsUrl),
    logs: () => readFile(logFile, 'utf8').catch(() => ''),
    stop: async () => {
      await Promise.all(services.filter((service) => service.isRunning()).map((service) => service.kill()));
      await Promise.all([metadata.end(), destination.end(), origin.stop()]);
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function pool(url: string): pg.Pool {
  const made = new pg.Pool({ connectionString: url, max: 4, application_name: 'tidetable-e2e' });
  // A server that is killed takes idle connections with it; the next query makes a new one.
  made.on('error', () => undefined);
  return made;
}

async function readBus(url: string): Promise<BusState> {
  const connection = await connect({ servers: url });
  try {
    const manager = await jetstreamManager(connection);
    const { state } = await manager.streams.info('SYNC_RUNS');
    const consumers: string[] = [];
    let waiting = 0;
    for await (const consumer of manager.consumers.list('SYNC_RUNS')) {
      consumers.push(consumer.name);
      waiting += consumer.num_pending + consumer.num_ack_pending;
    }
    return { messages: state.messages, consumers: consumers.sort(), waiting };
  } finally {
    await connection.close();
  }
}
