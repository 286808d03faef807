import { SyncError } from '@tidetable/contracts';
import { type Client, escapeIdentifier } from 'pg';
import { freeName } from '../columns/sanitize-name.js';
import { ledgerTable } from './ledger.js';
import { proposeTableName } from './propose-table-name.js';

/** The table that a run replaces, or the name for a new one. */
export interface ChosenTable {
  name: string;
  /** Whether a table of that name is there and is this synchronization's own. */
  exists: boolean;
}

/** The first key of the advisory locks under which names of new tables are picked, the second is the schema's. */
const namingLockClass = 7_301;

/** Makes the account's schema when it is not there yet; several that want to make it take turns. */
export async function ensureSchema(client: Client, schema: string): Promise<void> {
  // The catalogue itself is read: what functions and IF NOT EXISTS remember in this transaction, others may have changed.
  const isThere = async (): Promise<boolean> =>
    (await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema])).rowCount === 1;
  if (await isThere()) return;
  await lockNames(client, schema);
  if (await isThere()) return;
  await client.query(`CREATE SCHEMA ${escapeIdentifier(schema)}`);
}

/**
 * Decides which table a synchronization fills. It is the one it filled before, also when its owner renamed it.
 * When there is none any more, or never was one, a free name is picked, so that a table that somebody else made
 * is never touched. Call it within the transaction of the swap: the name stays free until its end.
 *
 * @throws SyncError `table-name-exhausted`
 */
export async function chooseTable(
  client: Client,
  synchronizationId: string,
  schema: string,
  wantedName: string,
): Promise<ChosenTable> {
  const { rows } = await client.query<{ table_name: string; current_name: string | null }>(
    `SELECT l.table_name, c.relname AS current_name
       FROM ${ledgerTable} l
       LEFT JOIN pg_class c ON c.oid = l.table_oid AND c.relkind = 'r' AND c.relnamespace = to_regnamespace($2)
      WHERE l.synchronization_id = $1`,
    [synchronizationId, escapeIdentifier(schema)],
  );
  const [known] = rows;
  if (known?.current_name != null) return { name: known.current_name, exists: true };

  await lockNames(client, schema);
  const taken = await namesIn(client, schema);
  const name = freeName(known?.table_name ?? proposeTableName(wantedName), (candidate) =>
    taken.has(candidate),
  );
  if (name === null) throw new SyncError('table-name-exhausted');
  return { name, exists: false };
}

async function lockNames(client: Client, schema: string): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [namingLockClass, schema]);
}

/** Every name that a new table in the schema would collide with: relations, and the types that tables bring. */
async function namesIn(client: Client, schema: string): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = to_regnamespace($1)
      UNION SELECT typname FROM pg_type WHERE typnamespace = to_regnamespace($1)`,
    [escapeIdentifier(schema)],
  );
  return new Set(rows.map((row) => row.name));
}
