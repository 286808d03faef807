import { type Failure, type RunFinishedV1, type RunStartedV1 } from '@tidetable/contracts';
import { connectMetadata } from '@tidetable/metadata-db';
import { createLogger, parseEnvironment } from '@tidetable/service-host';
import { createMetadataDatabase } from '@tidetable/test-harness';
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { claimDueSynchronizations } from '../src/claim/claim-due-synchronizations.js';
import { recordNews } from '../src/record/record-news.js';
import { schedulerEnvSchema, type SchedulerEnvironment } from '../src/scheduler.env.js';

export const quiet = createLogger('test', 'fatal');

/** The environment of a scheduler that looks often, so that tests wait little. */
export function environment(
  metadataDatabaseUrl: string,
  natsUrl: string,
  overrides: Record<string, string> = {},
): SchedulerEnvironment {
  return parseEnvironment(schedulerEnvSchema, {
    METADATA_DATABASE_URL: metadataDatabaseUrl,
    NATS_URL: natsUrl,
    HEALTH_PORT: '0',
    CLAIM_INTERVAL_MS: '50',
    RELAY_INTERVAL_MS: '50',
    RESCUE_INTERVAL_MS: '50',
    RETENTION_INTERVAL_MS: '50',
    ...overrides,
  });
}

/** A metadata database of one test file, and a pool to it. */
export interface Metadata {
  readonly url: string;
  readonly database: DataSource;
  /** Rows of a statement. */
  rows<Row = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** The first row, which must be there. */
  row<Row = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row>;
  /** Removes every row. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export async function openMetadata(): Promise<Metadata> {
  const created = await createMetadataDatabase();
  const database = await connectMetadata(created.url);
  const rows = <Row>(sql: string, values?: unknown[]): Promise<Row[]> => database.query<Row[]>(sql, values);
  return {
    url: created.url,
    database,
    rows,
    row: async <Row>(sql: string, values?: unknown[]) => {
      const [first] = await rows<Row>(sql, values);
      if (first === undefined) throw new Error('the statement found nothing');
      return first;
    },
    clear: async () => {
      await database.query('TRUNCATE accounts, outbox CASCADE');
    },
    close: async () => {
      await database.destroy();
      await created.drop();
    },
  };
}

export interface Reference {
  runId: string;
  synchronizationId: string;
  runNumber: number;
}

/** How long the runs that are claimed here may take. */
export const deadlineSeconds = 3_600;

/** Claims what is due, by the scheduler's own statement; returns how many became runs. */
export async function claim(
  metadata: Metadata,
  batch = 500,
  accountRunsMax = 10_000,
  hostRunsMax = 0,
): Promise<number> {
  const limits = { batch, accountRunsMax, hostRunsMax };
  return (await claimDueSynchronizations(metadata.database, limits, deadlineSeconds)).claimed;
}

/** Records that a worker holds a run; returns whether that changed anything. */
export async function recordStarted(metadata: Metadata, run: Reference): Promise<boolean> {
  const [recorded] = await recordNews(metadata.database, [
    { ...run, news: { kind: 'started', deadlineSeconds } },
  ]);
  return recorded === 'recorded';
}

/** The open run of a synchronization. */
export function openRun(metadata: Metadata, synchronizationId: string): Promise<Reference> {
  return metadata.row<Reference>(
    `SELECT id AS "runId", synchronization_id AS "synchronizationId", run_number AS "runNumber"
       FROM runs WHERE synchronization_id = $1 AND outcome IS NULL`,
    [synchronizationId],
  );
}

export function startedEvent(reference: Reference): RunStartedV1 {
  return { ...reference, startedAt: new Date().toISOString() };
}

export const version = { etag: '"1"', lastModified: null, sha256: '1'.repeat(64), bytes: 42 };

export function importedEvent(reference: Reference, table = 'ports'): RunFinishedV1 {
  return {
    ...reference,
    finishedAt: new Date().toISOString(),
    outcome: 'imported',
    source: version,
    report: {
      schema: 'demo',
      table,
      rows: 2,
      columns: [{ name: 'name', type: 'text', header: 'Name' }],
      geometries: 1,
      warnings: ['1 row has no usable coordinates.'],
      fetchMs: 1,
      loadMs: 1,
      indexMs: 1,
      swapMs: 1,
    },
  };
}

export function unchangedEvent(reference: Reference): RunFinishedV1 {
  return {
    ...reference,
    finishedAt: new Date().toISOString(),
    outcome: 'unchanged',
    unchangedBy: 'validator',
    source: { ...version, etag: '"2"' },
  };
}

export function failedEvent(
  reference: Reference,
  failure: Failure = { code: 'source-not-found', detail: 'HTTP 404' },
): RunFinishedV1 {
  return {
    ...reference,
    finishedAt: new Date().toISOString(),
    outcome: 'failed',
    failure,
  };
}

/** A moment relative to now, in seconds. */
export function secondsFromNow(seconds: number): Date {
  return new Date(Date.now() + seconds * 1_000);
}

/** A reference that belongs to no row. */
export function unknownReference(): Reference {
  return { runId: randomUUID(), synchronizationId: randomUUID(), runNumber: 1 };
}
