import type { Pool } from 'pg';
import { ledgerTable } from '../swap/ledger.js';

/**
 * Whether the table that a synchronization filled last is there: also when its owner renamed it, but not when it was
 * dropped or moved to another schema, since the next import would not find it either.
 */
export async function isTableThere(database: Pool, synchronizationId: string): Promise<boolean> {
  const { rows } = await database.query<{ there: boolean }>(
    `SELECT EXISTS (
       SELECT FROM ${ledgerTable} l
         JOIN pg_class c ON c.oid = l.table_oid AND c.relkind = 'r'
          AND c.relnamespace = to_regnamespace(quote_ident(l.schema_name))
        WHERE l.synchronization_id = $1) AS there`,
    [synchronizationId],
  );
  return rows[0]?.there === true;
}
