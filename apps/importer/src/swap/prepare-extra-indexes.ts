import { type Client, escapeIdentifier } from 'pg';
import { stagingSchema, stagingTable, stagingTableName } from '../load/staging-table.js';
import { blame } from './exchange-table.js';
import {
  buildExtraIndexSql,
  type ExtraIndex,
  readExtraIndexes,
  stagingExtraIndexName,
} from './extra-indexes.js';
import { ledgerTable } from './ledger.js';

/** An extra index of the table, and its name on the staging table. */
export interface PreparedIndex {
  index: ExtraIndex;
  name: string;
}

/**
 * Builds on the staging table, before anybody has to wait for it, the indexes that were added to the table it will
 * replace. May be repeated; an index that was built for an earlier try and is as it should be is kept.
 *
 * @throws SyncError `table-has-dependents` naming an index that the new rows or columns do not allow
 */
export async function prepareExtraIndexes(
  client: Client,
  run: { runId: string; synchronizationId: string },
): Promise<PreparedIndex[]> {
  const { rows } = await client.query<{ table_oid: string }>(
    `SELECT table_oid FROM ${ledgerTable} WHERE synchronization_id = $1`,
    [run.synchronizationId],
  );
  if (rows[0] === undefined) return [];
  await client.query(`SET search_path = ''`);
  const wanted = await readExtraIndexes(client, rows[0].table_oid);
  const prepared = wanted.map((index, position) => ({
    index,
    name: stagingExtraIndexName(stagingTableName(run.runId), position),
  }));
  for (const { index, name } of prepared) await buildIndex(client, run.runId, index, name);
  return prepared;
}

async function buildIndex(client: Client, runId: string, index: ExtraIndex, name: string): Promise<void> {
  const table = stagingTable(runId);
  const qualified = `${stagingSchema}.${escapeIdentifier(name)}`;
  const { rows } = await client.query<{ definition: string | null }>(
    'SELECT pg_get_indexdef(to_regclass($1)) AS definition',
    [qualified],
  );
  const sql = buildExtraIndexSql(index, table, name);
  if (
    rows[0]!.definition?.endsWith(` ${index.definition}`) &&
    rows[0]!.definition.includes('UNIQUE') === index.isUnique
  ) {
    return;
  }
  try {
    await client.query(`DROP INDEX IF EXISTS ${qualified}`);
    await client.query(sql);
  } catch (error) {
    throw blame(index.object, error);
  }
}
