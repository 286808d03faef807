import type { Pool } from 'pg';
import { ledgerTable } from '../swap/ledger.js';

/** The table that a synchronization filled last, as it is now. */
export interface PresentTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** Looks it up; `null` when it is not there, or is not where it was put. */
export async function findPresentTable(
  database: Pool,
  synchronizationId: string,
): Promise<PresentTable | null> {
  const { rows } = await database.query<{ table: string; name: string; type: string }>(
    `SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type
       FROM ${ledgerTable} l
       JOIN pg_class c ON c.oid = l.table_oid AND c.relkind = 'r'
        AND c.relnamespace = to_regnamespace(quote_ident(l.schema_name))
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE l.synchronization_id = $1
      ORDER BY a.attnum`,
    [synchronizationId],
  );
  const [first] = rows;
  if (first === undefined) return null;
  return { name: first.table, columns: rows.map(({ name, type }) => ({ name, type })) };
}
