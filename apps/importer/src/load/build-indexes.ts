import { SyncError } from '@tidetable/contracts';
import { type Client, DatabaseError } from 'pg';
import { geometryColumn, keyColumn, webmercatorColumn } from '../columns/name-columns.js';
import type { LoadedTable } from './load-table.js';
import { stagingSchema, stagingTable, stagingTableName } from './staging-table.js';

/** The indexes of a table, by what they are for. */
interface TableIndexes {
  key: string;
  geometry: string;
  webmercator: string;
}

/** Names of a staging table's indexes: unique in any schema, so that they can move into the account's. */
export function stagingIndexes(runId: string): TableIndexes {
  const table = stagingTableName(runId);
  return { key: `${table}_key`, geometry: `${table}_geom`, webmercator: `${table}_webm` };
}

/**
 * Indexes the staging table by its key and, where it has geometries, by both of them, then gathers statistics.
 * Two sessions work at once, since the spatial indexes take more time than the load itself. Repeating is safe.
 *
 * @throws SyncError `cartodb-id-invalid` when the file's own key holds a value twice
 */
export async function buildIndexes(
  runId: string,
  loaded: LoadedTable,
  connect: () => Promise<Client>,
  indexMemoryMegabytes: number,
): Promise<void> {
  const table = stagingTable(runId);
  const names = stagingIndexes(runId);
  const spatial = (name: string, column: string): string =>
    `CREATE INDEX IF NOT EXISTS ${name} ON ${table} USING gist (${column})`;
  const unique = `CREATE UNIQUE INDEX IF NOT EXISTS ${names.key} ON ${table} (${keyColumn})`;
  const isSpatial = loaded.plan.point !== null || loaded.plan.geometry !== null;
  const here = isSpatial ? [unique, spatial(names.geometry, geometryColumn)] : [unique];
  const beside = isSpatial ? [spatial(names.webmercator, webmercatorColumn)] : [];

  await inSession(connect, indexMemoryMegabytes, async (client) => {
    const results = await Promise.allSettled([
      runAll(client, here),
      beside.length === 0
        ? Promise.resolve()
        : inSession(connect, indexMemoryMegabytes, (other) => runAll(other, beside)),
    ]);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw translateIndexError(failed.reason);
    await client.query(`ANALYZE ${table}`);
  });
}

async function runAll(client: Client, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await client.query(statement);
}

async function inSession(
  connect: () => Promise<Client>,
  memoryMegabytes: number,
  work: (client: Client) => Promise<void>,
): Promise<void> {
  const client = await connect();
  try {
    await client.query(`SET maintenance_work_mem = '${memoryMegabytes}MB'`);
    // The commit of the swap waits for the disk, and with it for the indexes.
    await client.query('SET synchronous_commit = off');
    await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function translateIndexError(error: unknown): unknown {
  const isDuplicate =
    error instanceof DatabaseError && error.code === '23505' && error.schema === stagingSchema;
  return isDuplicate ? new SyncError('cartodb-id-invalid', 'a value occurs twice', { cause: error }) : error;
}
