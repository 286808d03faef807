import { setTimeout as sleep } from 'node:timers/promises';
import { type ImportReport, type RunStagedV1, SyncError } from '@tidetable/contracts';
import { type Client, DatabaseError, escapeIdentifier } from 'pg';
import { keyColumn } from '../columns/name-columns.js';
import { nameCharactersMax } from '../columns/sanitize-name.js';
import { stagingIndexes } from '../load/build-indexes.js';
import type { LoadedTable } from '../load/load-table.js';
import { stagingSequenceName, stagingTable, stagingTableName } from '../load/staging-table.js';
import { blameWidening } from './blame-widening.js';
import { type ChosenTable, chooseTable, ensureSchema } from './choose-table.js';
import { memorizeColumns } from './column-memory.js';
import { compareColumns } from './compare-columns.js';
import { exchangeTable } from './exchange-table.js';
import { grantDefaultRights } from './grant-default-rights.js';
import { keepRejected } from './keep-rejected.js';
import { AttachmentsChangedError } from './lock-tables.js';
import { findSwap, ledgerTable, type SwapRecord } from './ledger.js';
import { type PreparedIndex, prepareExtraIndexes } from './prepare-extra-indexes.js';

/** SQLSTATEs: a lock was not granted in time (`lock_timeout`, `statement_timeout`), or only to somebody else. */
const lockNotGranted: ReadonlySet<string> = new Set(['55P03', '57014', '40P01']);

export interface SwapContext {
  run: RunStagedV1;
  loaded: LoadedTable;
  /** A connection for the swap alone, until it has ended. */
  client: Client;
  /** How long one try may wait for readers, and so hold up new ones, in milliseconds. */
  lockTimeoutMs: number;
  /** How long tries are repeated in all before the table counts as busy, in milliseconds. */
  patienceMs: number;
  /** Makes the report for the ledger once the table's name is known. */
  report(tableName: string, tableBytes: number): ImportReport;
  signal: AbortSignal;
  /** Whether the run may still change anything; asked again before each further try. */
  isRunOpen(): Promise<boolean>;
}

/**
 * Puts the staging table in the place of the account's table: one short transaction that also writes the ledger,
 * so that it happens exactly once. Readers see the old table until it commits and the new one from then on.
 *
 * The exclusive lock is asked for last and waited for briefly, since readers queue behind whoever waits for it;
 * while the table is in use, the transaction is rolled back and tried again later. No reader is ever cancelled.
 *
 * @returns what the ledger says afterwards: `swapped`, also when an earlier try had done it, or `overtaken`; `none` when
 *   the run was closed while it waited for the table
 * @throws SyncError `storage-exceeded`, `table-busy`, `table-has-dependents` or `table-name-exhausted`; the old table is untouched
 */
export async function swapTable(context: SwapContext): Promise<SwapRecord> {
  const giveUpAt = performance.now() + context.patienceMs;
  for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, 5_000)) {
    context.signal.throwIfAborted();
    try {
      return await swapOnce(context);
    } catch (error) {
      if (!isWorthAnotherTry(error)) throw blameWidening(error, context.loaded.widened);
      if (performance.now() + pauseMs > giveUpAt)
        throw new SyncError('table-busy', undefined, { cause: error });
      await sleep(pauseMs, undefined, { signal: context.signal });
    }
    if (!(await context.isRunOpen())) return { state: 'none' };
  }
}

function isWorthAnotherTry(error: unknown): boolean {
  return (
    error instanceof AttachmentsChangedError ||
    (error instanceof DatabaseError && lockNotGranted.has(error.code ?? ''))
  );
}

async function swapOnce(context: SwapContext): Promise<Exclude<SwapRecord, { state: 'none' }>> {
  const { run, loaded, client } = context;
  try {
    const extraIndexes = await prepareExtraIndexes(client, run);
    await client.query('BEGIN');
    await client.query(`SET LOCAL lock_timeout = ${context.lockTimeoutMs}`);
    const earlier = await findSwap(client, run, true);
    if (earlier.state !== 'none') {
      await client.query('ROLLBACK');
      return earlier;
    }

    const { schema } = run.destination;
    await ensureSchema(client, schema);
    const chosen = await chooseTable(
      client,
      run.synchronizationId,
      schema,
      run.destination.tableName ?? loaded.fileName,
    );
    await finishStagingTable(client, run.runId, schema);
    const tableBytes = await measure(client, run, schema);
    await takePlace(client, run.runId, schema, chosen, extraIndexes, context.lockTimeoutMs);
    await nameCompanions(client, run.runId, schema, chosen.name, loaded);

    const made = context.report(chosen.name, tableBytes);
    const change =
      chosen.exists && earlier.before !== undefined
        ? compareColumns(earlier.before.columns, made.columns)
        : null;
    const report = change === null ? made : { ...made, schemaChange: change };
    await writeLedger(
      client,
      run,
      schema,
      chosen.name,
      report,
      memorizeColumns(run.options, loaded.remembered),
    );
    await keepRejected(client, run, loaded.rejected);
    await client.query('COMMIT');
    return { state: 'swapped', report };
  } catch (error) {
    // The connection may be what failed; the transaction is over then anyway.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** What can be done before the old table is locked: the key, its sequence, and the move into the account's schema. */
async function finishStagingTable(client: Client, runId: string, schema: string): Promise<void> {
  const table = stagingTable(runId);
  // The database is asked for the largest key, since a number here would not hold every bigint.
  await client.query(
    `SELECT setval(pg_get_serial_sequence($1, $2), GREATEST(1, (SELECT max(${keyColumn}) FROM ${table})))`,
    [table, keyColumn],
  );
  await client.query(
    `ALTER TABLE ${table} ADD PRIMARY KEY USING INDEX ${escapeIdentifier(stagingIndexes(runId).key)}`,
  );
  await client.query(`ALTER TABLE ${table} SET SCHEMA ${escapeIdentifier(schema)}`);
}

/** The bytes of the new table with its indexes. @throws SyncError `storage-exceeded` when they are more than are left */
async function measure(client: Client, { runId, options }: RunStagedV1, schema: string): Promise<number> {
  const table = `${escapeIdentifier(schema)}.${escapeIdentifier(stagingTableName(runId))}`;
  const { rows } = await client.query<{ bytes: string }>(
    'SELECT pg_total_relation_size($1::regclass) AS bytes',
    [table],
  );
  const bytes = Number(rows[0]?.bytes ?? 0);
  const left = options.limits?.tableBytes;
  if (left !== undefined && bytes > left)
    throw new SyncError('storage-exceeded', `the table has ${bytes} bytes, and ${left} are left`);
  return bytes;
}

async function takePlace(
  client: Client,
  runId: string,
  schema: string,
  chosen: ChosenTable,
  extraIndexes: readonly PreparedIndex[],
  lockTimeoutMs: number,
): Promise<void> {
  const successor = stagingTableName(runId);
  if (chosen.exists) {
    await exchangeTable(client, { schema, table: chosen.name, successor, extraIndexes, lockTimeoutMs });
    return;
  }
  await client.query(
    `ALTER TABLE ${escapeIdentifier(schema)}.${escapeIdentifier(successor)} RENAME TO ${escapeIdentifier(chosen.name)}`,
  );
  await grantDefaultRights(client, schema, chosen.name);
}

async function nameCompanions(
  client: Client,
  runId: string,
  schema: string,
  table: string,
  loaded: LoadedTable,
): Promise<void> {
  const inSchema = (name: string): string => `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
  for (const [from, to] of await companionRenames(client, schema, runId, table, loaded)) {
    // This statement renames indexes and sequences as well.
    await client.query(`ALTER TABLE ${inSchema(from)} RENAME TO ${escapeIdentifier(to)}`);
  }
}

/**
 * Names for the indexes and the key's sequence as PostgreSQL itself would have chosen them: with a digit where the
 * name is taken. Where all of those are taken too the name stays as it is, which must not stop a refresh.
 */
async function companionRenames(
  client: Client,
  schema: string,
  runId: string,
  table: string,
  loaded: LoadedTable,
): Promise<[string, string][]> {
  const indexes = stagingIndexes(runId);
  const wanted: [string, string[]][] = [
    [indexes.key, companionNames(table, '_pkey')],
    [stagingSequenceName(runId), companionNames(table, `_${keyColumn}_seq`)],
  ];
  if (loaded.plan.place.from !== 'nowhere') {
    wanted.push([indexes.geometry, companionNames(table, '_the_geom_idx')]);
    wanted.push([indexes.webmercator, companionNames(table, '_webmercator_idx')]);
  }
  const { rows } = await client.query<{ relname: string }>(
    `SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relname = ANY($2)`,
    [escapeIdentifier(schema), wanted.flatMap(([, candidates]) => candidates)],
  );
  const taken = new Set(rows.map((row) => row.relname));
  return wanted.flatMap(([from, candidates]) => {
    const to = candidates.find((candidate) => !taken.has(candidate));
    return to === undefined ? [] : [[from, to]];
  });
}

function companionNames(table: string, suffix: string): string[] {
  const start = table.slice(0, nameCharactersMax - suffix.length - 1);
  return ['', 1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => `${start}${suffix}${digit}`);
}

async function writeLedger(
  client: Client,
  run: RunStagedV1,
  schema: string,
  table: string,
  report: ImportReport,
  columnTypes: string,
): Promise<void> {
  await client.query(
    `INSERT INTO ${ledgerTable} AS l
       (synchronization_id, schema_name, table_name, table_oid, last_run_id, last_run_number, report, column_types)
     VALUES ($1, $2, $3, to_regclass($4), $5, $6, $7, $8)
     ON CONFLICT (synchronization_id) DO UPDATE SET
       schema_name = excluded.schema_name, table_name = excluded.table_name, table_oid = excluded.table_oid,
       last_run_id = excluded.last_run_id, last_run_number = excluded.last_run_number, report = excluded.report,
       column_types = excluded.column_types, swapped_at = now()`,
    [
      run.synchronizationId,
      schema,
      table,
      `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`,
      run.runId,
      run.runNumber,
      JSON.stringify(report),
      columnTypes,
    ],
  );
}
