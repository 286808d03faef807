import { SyncError } from '@tidetable/contracts';
import { type Client, DatabaseError } from 'pg';
import { geometryColumn, keyColumn, webmercatorColumn } from '../columns/name-columns.js';
import type { Session } from '../destination-sessions.js';
import { analyzeSql } from './analyze-table.js';
import type { LoadedTable } from './load-table.js';
import { stagingSchema, stagingTable, stagingTableName } from './staging-table.js';

/** The indexes of a table, by what they are for. */
interface TableIndexes {
  key: string;
  geometry: string;
  webmercator: string;
}

/** Up to here the indexes are built before another session has begun. */
const oneSessionRowsMax = 20_000;

/** Names of a staging table's indexes: unique in any schema, so that they can move into the account's. */
export function stagingIndexes(runId: string): TableIndexes {
  const table = stagingTableName(runId);
  return { key: `${table}_key`, geometry: `${table}_geom`, webmercator: `${table}_webm` };
}

/**
 * Indexes the staging table by its key and, where it has geometries, by both of them, then gathers statistics.
 * For a large table two sessions work at once, since the spatial indexes take more time than the load itself.
 * Repeating is safe.
 *
 * @throws SyncError `cartodb-id-invalid` when the file's own key holds a value twice
 */
export async function buildIndexes(
  runId: string,
  loaded: LoadedTable,
  client: Client,
  openSession: () => Promise<Session>,
  indexMemoryMegabytes: number,
): Promise<void> {
  const table = stagingTable(runId);
  const names = stagingIndexes(runId);
  // Keys of our own ascend through the table: there is nothing to sort, and helpers would only cost time.
  const isSorted = loaded.plan.key === null;
  const index = (statements: readonly string[], on: Client): Promise<void> =>
    runAtOnce(on, statements, indexMemoryMegabytes, isSorted);
  const spatial = (name: string, column: string): string =>
    `CREATE INDEX IF NOT EXISTS ${name} ON ${table} USING gist (${column})`;

  const here = [`CREATE UNIQUE INDEX IF NOT EXISTS ${names.key} ON ${table} (${keyColumn})`];
  const beside: string[] = [];
  if (loaded.plan.place.from !== 'nowhere') {
    here.push(spatial(names.geometry, geometryColumn));
    beside.push(spatial(names.webmercator, webmercatorColumn));
  }
  const analyze = analyzeSql(table, loaded.rows);
  try {
    if (beside.length === 0 || loaded.rows <= oneSessionRowsMax) {
      await index([...here, ...beside, ...analyze], client);
      return;
    }
    const other = await openSession();
    // Both are waited for: the table is nobody's to drop while one of them works on it.
    const results = await Promise.allSettled([index(here, client), index(beside, other.client)]);
    await other.release();
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    await index(analyze, client);
  } catch (error) {
    throw translateIndexError(error);
  }
}

/** Runs statements in one transaction and one round trip. */
async function runAtOnce(
  client: Client,
  statements: readonly string[],
  memoryMegabytes: number,
  isSorted: boolean,
): Promise<void> {
  const settings = [
    `SET LOCAL maintenance_work_mem = '${memoryMegabytes}MB'`,
    // The commit of the swap waits for the disk, and with it for the indexes.
    'SET LOCAL synchronous_commit = off',
    ...(isSorted ? ['SET LOCAL max_parallel_maintenance_workers = 0'] : []),
  ];
  try {
    await client.query(['BEGIN', ...settings, ...statements, 'COMMIT'].join(';\n'));
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

function translateIndexError(error: unknown): unknown {
  const isDuplicate =
    error instanceof DatabaseError && error.code === '23505' && error.schema === stagingSchema;
  return isDuplicate ? new SyncError('cartodb-id-invalid', 'a value occurs twice', { cause: error }) : error;
}
