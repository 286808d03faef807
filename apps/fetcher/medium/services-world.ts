import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readStream } from 'node:stream/consumers';
import {
  runFinishedV1Subject,
  type RunFinishedV1,
  runRequestedV1Subject,
  runStagedV1Subject,
  type RunStagedV1,
  type SourceVersion,
} from '@tidetable/contracts';
import { connectBus, ensureStream, publishEvent } from '@tidetable/jetstream';
import { FetcherClient } from '@tidetable/scheduler-client';
import { createLogger, parseEnvironment } from '@tidetable/service-host';
import { openStagedFileStore } from '@tidetable/staged-files';
import { createDestinationDatabase, startNats, waitFor } from '@tidetable/test-harness';
import { fetcherEnvSchema } from '../src/fetcher.env.js';
import { start } from '../src/start.js';
import { collectPublishedEvents } from './published-events.js';
import { startScriptedImporter } from './scripted-importer.js';
import { startScriptedScheduler } from './scripted-scheduler.js';
import { publicUrl, type ServiceDriver } from './service-drivers.js';

/** What a run has become, and what was staged. */
export type Fetched =
  | { readonly outcome: 'staged'; readonly event: RunStagedV1; readonly content: string }
  | { readonly outcome: 'finished'; readonly event: RunFinishedV1 };

/** A fetcher between fake services, scripted neighbours and a real database of connections. */
export interface ServicesWorld {
  readonly client: FetcherClient;
  /** The way of a customer through the page of consent. @returns the account that is connected then */
  connect(driver: ServiceDriver): Promise<string>;
  /** Runs a synchronization of this file once. */
  fetch(
    driver: ServiceDriver,
    accountId: string,
    itemId: string,
    previous?: SourceVersion | null,
  ): Promise<Fetched>;
  /** Everything the fetcher logged and published so far. */
  told(): string;
  stop(): Promise<void>;
}

/** Starts a fetcher that knows these services. */
export async function startServicesWorld(
  drivers: readonly ServiceDriver[],
  environment: Record<string, string> = {},
): Promise<ServicesWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'tidetable-services-'));
  const nats = await startNats();
  const database = await createDestinationDatabase();
  const lines: string[] = [];
  const logger = createLogger('services-test', 'trace', { write: (line) => void lines.push(line) });
  const bus = await connectBus(nats.url, 'services-test', createLogger('services-test', 'fatal'));
  await ensureStream(bus);
  const scheduler = await startScriptedScheduler(nats.url);
  const importer = await startScriptedImporter(nats.url);
  const published = await collectPublishedEvents(bus);
  const env = parseEnvironment(fetcherEnvSchema, {
    NATS_URL: nats.url,
    STAGED_FILES_URL: `file://${folder}`,
    SOURCE_ALLOWED_CIDRS: '127.0.0.1/32',
    SOURCE_WAIT_MS: '2000',
    HEALTH_PORT: '0',
    CONNECTIONS_DATABASE_URL: database.url,
    CONNECTION_KEYS: `first:${randomBytes(32).toString('base64')}`,
    PUBLIC_URL: publicUrl,
    PROVIDER_RETRY_DELAY_MS: '5',
    ...Object.fromEntries(drivers.flatMap(({ fake }) => Object.entries(fake.environment))),
    ...environment,
  });
  const store = await openStagedFileStore(env.STAGED_FILES_URL, nats.url);
  const fetcher = await start(env, logger);
  const client = FetcherClient.create({ servers: [nats.url] }, 'services-test');

  return {
    client,
    connect: (driver) => connect(driver, client),
    fetch: async ({ service }, accountId, itemId, previous = null) => {
      const run = scheduler.openSource({ kind: 'service', service, itemId, accountId }, previous);
      const { runId, synchronizationId, runNumber } = run;
      const requestedAt = new Date().toISOString();
      await publishEvent(bus, runRequestedV1Subject, { runId, synchronizationId, runNumber, requestedAt });
      const [staged, finished] = await waitFor(
        () => {
          const both = [
            published.of(runStagedV1Subject, run)[0],
            published.of(runFinishedV1Subject, run)[0],
          ] as const;
          return both[0] !== undefined || both[1] !== undefined ? both : undefined;
        },
        { until: 'the run is staged or has finished' },
      );
      if (finished !== undefined) return { outcome: 'finished', event: finished };
      if (staged === undefined) throw new Error('the run was neither staged nor finished');
      lines.push(JSON.stringify(staged));
      return {
        outcome: 'staged',
        event: staged,
        content: await readStream(await store.read(staged.file.uri)),
      };
    },
    told: () => lines.join(''),
    stop: async () => {
      await client.close();
      await fetcher.stop();
      await published.stop();
      await scheduler.stop();
      await importer.stop();
      await store.close();
      await bus.close();
      await database.drop();
      await nats.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function connect({ service, fake }: ServiceDriver, client: FetcherClient): Promise<string> {
  const accountId = randomUUID();
  const begun = await client.beginConnection({ accountId, service, username: 'demo' });
  if (begun.outcome !== 'begun') throw new Error(`connecting did not begin: ${begun.outcome}`);
  const { state } = begun;
  const binding = randomUUID();
  const known = await client.authorizeConnection({ state, binding });
  if (known.outcome !== 'known' || known.authorizeUrl === null)
    throw new Error('there is no page of consent');
  const back = await fake.consent(known.authorizeUrl);
  const code = back.searchParams.get('code');
  const completed = await client.completeConnection({ service, state, binding, code });
  if (completed.outcome !== 'connected') throw new Error(`not connected: ${JSON.stringify(completed)}`);
  return accountId;
}

/** The version that a run has left behind, as the scheduler would hand it to the next. */
export function versionOf({ event }: Fetched): SourceVersion {
  if (!('source' in event)) throw new Error('the run has failed');
  return event.source;
}

/** The code and detail that a run has failed with. */
export function failureOf({ event }: Fetched): { code: string; detail: string | null } | null {
  return 'failure' in event ? event.failure : null;
}
