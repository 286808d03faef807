import type { Asks, Statement } from '../database/metadata-database.js';
import { Refusal } from '../http/refusal.js';

/** What an account may have in all, `null` for as much as it likes, and what it has. */
export interface Quotas {
  readonly username: string;
  readonly runsMax: number | null;
  readonly requestsPerMinuteMax: number | null;
  readonly fileBytesMax: number | null;
  readonly rowsMax: number | null;
  readonly columnsMax: number | null;
  readonly verticesMax: number | null;
  readonly layersMax: number | null;
  readonly tablesMax: number | null;
  readonly totalRowsMax: number | null;
  readonly totalBytesMax: number | null;
  readonly tables: number;
  readonly totalRows: number;
  readonly totalBytes: number;
  readonly runsInFlight: number;
}

/** $1 account. One look at each of its synchronizations. All numbers are exact in JSON. */
const readQuotasStatement: Statement = {
  name: 'read-quotas',
  text: `
SELECT a.username, a.runs_max AS "runsMax", a.requests_per_minute_max AS "requestsPerMinuteMax",
       a.file_bytes_max::float8 AS "fileBytesMax", a.rows_max::float8 AS "rowsMax", a.columns_max AS "columnsMax",
       a.vertices_max AS "verticesMax", a.layers_max AS "layersMax", a.tables_max AS "tablesMax",
       a.total_rows_max::float8 AS "totalRowsMax", a.total_bytes_max::float8 AS "totalBytesMax",
       used.tables, used.total_rows AS "totalRows", used.total_bytes AS "totalBytes", used.in_flight AS "runsInFlight"
  FROM accounts a
 CROSS JOIN LATERAL (
   SELECT count(*)::integer AS tables,
          coalesce(sum(table_rows), 0)::float8 AS total_rows,
          coalesce(sum(table_bytes), 0)::float8 AS total_bytes,
          count(*) FILTER (WHERE state IN ('queued', 'syncing'))::integer AS in_flight
     FROM synchronizations s WHERE s.account_id = a.id AND s.deleted_at IS NULL) used
 WHERE a.id = $1`,
};

/** $1 account. Whoever makes a table for an account with a quota does so one after the other. */
const lockAccount: Statement = {
  name: 'lock-account-for-quota',
  text: 'SELECT id FROM accounts WHERE id = $1 FOR NO KEY UPDATE',
};

/** The quotas and the usage of an account; rows and bytes are those that the last imports reported. */
export async function readQuotas(database: Asks, accountId: string): Promise<Quotas> {
  const [row] = await database.query<Quotas>(readQuotasStatement, [accountId]);
  if (row === undefined) throw new Error('the account of a request is gone');
  return row;
}

/** Why an account may have no further table, as a sentence; `null` when it may. */
export function refuseFurtherTable(quotas: Quotas): { sentence: string; cartoCode: number } | null {
  const { tables, tablesMax, totalRows, totalRowsMax, totalBytes, totalBytesMax } = quotas;
  const isUsedUp = (used: number, max: number | null): max is number => max !== null && used >= max;
  const say = (used: number, max: number, what: string): string =>
    `The account has ${used} ${what}, and may have ${max}.`;
  if (isUsedUp(tables, tablesMax)) return { sentence: say(tables, tablesMax, 'tables'), cartoCode: 8002 };
  if (isUsedUp(totalRows, totalRowsMax))
    return { sentence: say(totalRows, totalRowsMax, 'rows in all its tables'), cartoCode: 8001 };
  if (isUsedUp(totalBytes, totalBytesMax))
    return { sentence: say(totalBytes, totalBytesMax, 'bytes in all its tables'), cartoCode: 8001 };
  return null;
}

/**
 * Refuses to go on when the account may have no further table. Call it within the transaction that makes one: of several
 * at once no two can be the last.
 *
 * @throws Refusal 403, with CARTO's code
 */
export async function refuseBeyondQuota(transaction: Asks, accountId: string): Promise<void> {
  await transaction.query(lockAccount, [accountId]);
  const refused = refuseFurtherTable(await readQuotas(transaction, accountId));
  if (refused === null) return;
  throw new Refusal(403, refused.sentence, { error: 'quota-exceeded', error_code: refused.cartoCode });
}
