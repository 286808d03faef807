import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type RunFinishedV1, runFinishedV1Subject, type RunStagedV1 } from '@tidetable/contracts';
import { type Bus, connectBus, consumeEvents, natsConnectionOptions } from '@tidetable/jetstream';
import { SchedulerClient } from '@tidetable/scheduler-client';
import { createLogger, parseEnvironment } from '@tidetable/service-host';
import { createMetricsRegistry } from '@tidetable/telemetry';
import { openStagedFileStore, type StagedFileStore } from '@tidetable/staged-files';
import { createDestinationDatabase, startNats, waitFor } from '@tidetable/test-harness';
import { Client } from 'pg';
import { connectDestination } from '../src/destination-database.js';
import { DestinationSessions } from '../src/destination-sessions.js';
import { type ImportCheckpoint, type ImportResult, importRun } from '../src/import-run.js';
import { createImportSteps, type ImportResources } from '../src/import-steps.js';
import { type ImporterEnv, importerEnvSchema } from '../src/importer.env.js';
import { importerMetrics } from '../src/metrics.js';
import { ensureLedger } from '../src/swap/ledger.js';
import { type ScriptedScheduler, startScriptedScheduler } from './scripted-scheduler.js';

export const silent = createLogger('importer-test', 'fatal');

type Checkpoint = (name: ImportCheckpoint) => Promise<void>;
type RunOverrides = Partial<Omit<RunStagedV1, 'destination' | 'options'>> & {
  tableName?: string | null;
  schema?: string;
  options?: Partial<RunStagedV1['options']>;
};

/** All that surrounds an importer: its database, bus and staged files, a scheduler that answers, one that listens. */
export interface ImporterWorld {
  readonly bus: Bus;
  readonly store: StagedFileStore;
  readonly scheduler: ScriptedScheduler;
  readonly connect: () => Promise<Client>;
  /** The environment of an importer in this world. */
  environment(overrides?: Record<string, string>): ImporterEnv;
  /** Rows of a statement in the destination database. */
  sql<R extends object>(text: string, values?: unknown[]): Promise<R[]>;
  /** The values of the only column of a statement. */
  column<T>(text: string, values?: unknown[]): Promise<T[]>;
  /** Puts a file into the store for a new run, which is open. */
  stage(content: string | Buffer, overrides?: RunOverrides): Promise<RunStagedV1>;
  /** The same for the next run of a synchronization. */
  stageNext(earlier: RunStagedV1, content: string | Buffer, overrides?: RunOverrides): Promise<RunStagedV1>;
  /** Tells the story of an import once. */
  import(
    run: RunStagedV1,
    options?: { checkpoint?: Checkpoint; env?: Record<string, string> },
  ): Promise<ImportResult['outcome']>;
  /** What the scheduler was told of a run's end; waits for it. */
  finished(run: RunStagedV1): Promise<RunFinishedV1>;
  /** How often the scheduler was told. */
  timesFinished(run: RunStagedV1): number;
  /** Everything that an import must not leave behind; nothing of it is there when this is `nothingLeft`. */
  leftovers(): Promise<Leftovers>;
  stop(): Promise<void>;
}

interface Leftovers {
  relations: string[];
  stagedFiles: string[];
  /** Those that do something or hold a lock; the others wait to be used again. */
  connections: number;
}

export const nothingLeft: Leftovers = { relations: [], stagedFiles: [], connections: 0 };

/** Makes a world for one spec file. */
export async function createImporterWorld(): Promise<ImporterWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'tidetable-importer-'));
  const [database, nats] = await Promise.all([createDestinationDatabase(), startNats()]);
  const bus = await connectBus(nats.url, 'importer-test', silent);
  const store = await openStagedFileStore(`file://${folder}`, nats.url);
  const scheduler = await startScriptedScheduler(nats.url);
  const questions = SchedulerClient.create(natsConnectionOptions(nats.url), 'importer-test-questions');
  const finishedRuns: RunFinishedV1[] = [];
  const listening = await consumeEvents(bus, runFinishedV1Subject, {
    concurrency: 1,
    ackWaitMs: 5_000,
    deliveriesMax: 5,
    retryDelayMs: () => 100,
    handle: async (event) => void finishedRuns.push(event),
    exhausted: async () => undefined,
  });
  const connect = (): Promise<Client> => connectDestination(database.url);
  const metrics = importerMetrics(createMetricsRegistry());
  const sessions = new DestinationSessions(database.url);
  const observer = new Client({ connectionString: database.url, application_name: 'observer' });
  await observer.connect();
  await observer.query("SET timezone = 'UTC'");
  await ensureLedger(observer);

  const environment = (overrides: Record<string, string> = {}): ImporterEnv =>
    parseEnvironment(importerEnvSchema, {
      DESTINATION_DATABASE_URL: database.url,
      NATS_URL: nats.url,
      STAGED_FILES_URL: `file://${folder}`,
      HEALTH_PORT: '0',
      INDEX_MEMORY_MB: '16',
      SWAP_LOCK_TIMEOUT_MS: '100',
      SWAP_PATIENCE_MS: '1000',
      ACK_WAIT_MS: '1000',
      RETRY_DELAY_MS: '50',
      ...overrides,
    });
  const sql = async <R extends object>(text: string, values?: unknown[]): Promise<R[]> =>
    (await observer.query<R>(text, values)).rows;
  const stage = async (content: string | Buffer, overrides: RunOverrides = {}): Promise<RunStagedV1> => {
    const runId = overrides.runId ?? randomUUID();
    const file = await store.write(runId, Readable.from([Buffer.from(content)]));
    const run = stagedRun(runId, file, overrides);
    scheduler.open(run.runId);
    return run;
  };

  return {
    bus,
    store,
    scheduler,
    connect,
    environment,
    sql,
    stage,
    stageNext: ({ synchronizationId, runNumber, destination, fileName, options }, content, overrides) =>
      stage(content, {
        synchronizationId,
        runNumber: runNumber + 1,
        ...destination,
        fileName,
        options,
        ...overrides,
      }),
    column: async <T>(text: string, values?: unknown[]) =>
      (await sql<Record<string, T>>(text, values)).map((row) => Object.values(row)[0] as T),
    import: async (run, { checkpoint = async () => undefined, env = {} } = {}) => {
      const resources: ImportResources = {
        env: environment(env),
        metrics,
        bus,
        store,
        scheduler: questions,
        sessions,
        checkpoint,
      };
      const steps = createImportSteps(resources, run.fetchMs);
      return (await importRun(run, steps, new AbortController().signal)).outcome;
    },
    finished: (run) =>
      waitFor(() => finishedRuns.find(({ runId }) => runId === run.runId), { until: 'the run has finished' }),
    timesFinished: (run) => finishedRuns.filter(({ runId }) => runId === run.runId).length,
    leftovers: async () => {
      const countConnections = async (): Promise<number> =>
        (
          await sql(
            `SELECT FROM pg_stat_activity a
              WHERE datname = current_database() AND application_name = 'tidetable-importer'
                AND (state <> 'idle' OR EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid))`,
          )
        ).length;
      // The server takes a moment to notice that a connection was given back or closed.
      await waitFor(async () => (await countConnections()) === 0, { timeoutMs: 3_000 }).catch(
        () => undefined,
      );
      const relations = await sql<{ name: string }>(
        String.raw`SELECT oid::regclass::text AS name FROM pg_class
          WHERE relnamespace = 'tidetable_staging'::regnamespace OR relname LIKE 'run\_%'`,
      );
      const stagedFiles: string[] = [];
      for await (const { key } of store.list()) stagedFiles.push(key);
      return {
        relations: relations.map(({ name }) => name),
        stagedFiles,
        connections: await countConnections(),
      };
    },
    stop: async () => {
      await listening.stop(0);
      await questions.close();
      await scheduler.stop();
      await bus.close();
      await nats.stop();
      await sessions.close();
      await observer.end();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function stagedRun(
  runId: string,
  file: { uri: string; bytes: number; sha256: string },
  { tableName = null, schema = 'demo', options, ...overrides }: RunOverrides,
): RunStagedV1 {
  return {
    synchronizationId: randomUUID(),
    runNumber: 1,
    stagedAt: new Date().toISOString(),
    file,
    fileName: `t${createHash('sha256').update(runId).digest('hex').slice(0, 12)}.csv`,
    mediaType: 'text/csv',
    source: { etag: '"v1"', lastModified: null, sha256: file.sha256, bytes: file.bytes },
    destination: { schema, tableName },
    fetchMs: 5,
    ...overrides,
    options: { typeGuessing: true, quotedFieldsGuessing: true, contentGuessing: false, ...options },
    runId,
  };
}
