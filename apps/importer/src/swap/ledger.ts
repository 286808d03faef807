import { type ImportReport, importReportSchema } from '@tidetable/contracts';
import type { Client } from 'pg';
import { stagingSchema } from '../load/staging-table.js';

/** Our own schema in the destination database. */
const ledgerSchema = 'tidetable';

/** Where every synchronization's table is and which run it comes from: one row for each table ever swapped in. */
export const ledgerTable = `${ledgerSchema}.synchronized_tables`;

/** The runs that rejected rows, with how many each. */
export const rejectionsTable = `${ledgerSchema}.rejections`;

/** The first rejected rows of each of those runs, as they stand in the file. */
export const rejectedRowsTable = `${ledgerSchema}.rejected_rows`;

/** For each schema that somebody has a login to, the role that reads it. */
export const readersTable = `${ledgerSchema}.readers`;

/** The logins, each of which is a role that is in such a one. No password is here. */
export const loginsTable = `${ledgerSchema}.logins`;

/** Makes several importers that start at once take turns. */
const ensureLockKey = 5_390_241_177;

const createRejectedTablesSql = `
  CREATE TABLE IF NOT EXISTS ${rejectionsTable} (
    run_id uuid NOT NULL,
    synchronization_id uuid NOT NULL,
    run_number integer NOT NULL,
    rejected_rows bigint NOT NULL,
    rejected_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT rejections_pk PRIMARY KEY (run_id)
  );
  CREATE INDEX IF NOT EXISTS rejections_synchronization_id_run_number
    ON ${rejectionsTable} (synchronization_id, run_number);
  CREATE TABLE IF NOT EXISTS ${rejectedRowsTable} (
    run_id uuid NOT NULL,
    number integer NOT NULL,
    line bigint NOT NULL,
    reason text NOT NULL,
    content text NOT NULL,
    CONSTRAINT rejected_rows_pk PRIMARY KEY (run_id, number),
    CONSTRAINT rejected_rows_rejection_fk FOREIGN KEY (run_id) REFERENCES ${rejectionsTable} ON DELETE CASCADE
  )`;

const createLoginTablesSql = `
  CREATE TABLE IF NOT EXISTS ${readersTable} (
    schema_name text NOT NULL,
    role_name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT readers_pk PRIMARY KEY (schema_name)
  );
  CREATE TABLE IF NOT EXISTS ${loginsTable} (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    account_id uuid NOT NULL,
    schema_name text NOT NULL,
    role_name text NOT NULL,
    label text,
    created_at timestamptz NOT NULL DEFAULT now(),
    rotated_at timestamptz,
    CONSTRAINT logins_pk PRIMARY KEY (id),
    CONSTRAINT logins_role_name_unique UNIQUE (role_name),
    CONSTRAINT logins_reader_fk FOREIGN KEY (schema_name) REFERENCES ${readersTable}
  );
  CREATE INDEX IF NOT EXISTS logins_account_id ON ${loginsTable} (account_id, created_at)`;

/** Creates what the importer itself needs in the destination database. Safe to run at every start. */
export async function ensureLedger(client: Client): Promise<void> {
  await client.query('BEGIN');
  await client.query('SELECT pg_advisory_xact_lock($1)', [ensureLockKey]);
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${ledgerSchema}`);
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${stagingSchema}`);
  await client.query(`CREATE TABLE IF NOT EXISTS ${ledgerTable} (
    synchronization_id uuid NOT NULL,
    schema_name text NOT NULL,
    table_name text NOT NULL,
    -- Follows the table when its owner renames it; every swap changes it.
    table_oid oid NOT NULL,
    last_run_id uuid NOT NULL,
    last_run_number integer NOT NULL,
    report jsonb NOT NULL,
    swapped_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT synchronized_tables_pk PRIMARY KEY (synchronization_id)
  )`);
  await addColumn(client, 'column_types', 'jsonb');
  await client.query(createRejectedTablesSql);
  await client.query(createLoginTablesSql);
  await client.query('COMMIT');
}

/** Adds what an earlier version did not have. Looked up first, since ALTER TABLE locks even where there is nothing to do. */
async function addColumn(client: Client, name: string, type: string): Promise<void> {
  const { rowCount } = await client.query(
    'SELECT FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2 AND NOT attisdropped',
    [ledgerTable, name],
  );
  if (rowCount === 0) await client.query(`ALTER TABLE ${ledgerTable} ADD COLUMN ${name} ${type}`);
}

/**
 * What the ledger says of a run: not swapped yet, with the report of the run before it, if there was one; swapped with
 * this report; or overtaken by a later run.
 */
export type SwapRecord =
  | { state: 'none'; before?: ImportReport }
  | { state: 'swapped'; report: ImportReport }
  | { state: 'overtaken' };

/** The first key of the advisory locks under which runs swap, the second is the synchronization's. */
const swapLockClass = 7_302;

/**
 * Looks a run up in the ledger. With `lock` no other run of the synchronization can swap until the end of the
 * transaction; it is not the row that is locked, since before the first swap there is none.
 */
export async function findSwap(
  client: Client,
  run: { runId: string; synchronizationId: string; runNumber: number },
  lock = false,
): Promise<SwapRecord> {
  if (lock) {
    await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [
      swapLockClass,
      run.synchronizationId,
    ]);
  }
  const { rows } = await client.query<{ last_run_id: string; last_run_number: number; report: unknown }>(
    `SELECT last_run_id, last_run_number, report FROM ${ledgerTable} WHERE synchronization_id = $1`,
    [run.synchronizationId],
  );
  const [row] = rows;
  if (row === undefined) return { state: 'none' };
  const report = importReportSchema.parse(row.report);
  if (row.last_run_id === run.runId) return { state: 'swapped', report };
  return row.last_run_number >= run.runNumber ? { state: 'overtaken' } : { state: 'none', before: report };
}
