import { z } from 'zod';
import type { Asks, Statement } from '../../database/metadata-database.js';
import { readCursor, writeCursor } from '../cursor.js';
import { Problem } from '../problems/problem.js';
import { type RunRow, runColumns } from './run-row.js';

/** $1 account, $2 synchronization. */
const findOwner: Statement = {
  name: 'find-owner-of-runs',
  text: 'SELECT log_id AS "logId" FROM synchronizations WHERE account_id = $1 AND id = $2 AND deleted_at IS NULL',
};

/** $1 synchronization, $2 number before which they are, $3 outcomes or null, $4 how many. The latest first. */
const findRuns: Statement = {
  name: 'list-runs',
  text: `
SELECT ${runColumns}
  FROM runs r
 WHERE r.synchronization_id = $1 AND r.run_number < $2::integer
   AND ($3::text IS NULL OR r.outcome = $3::text)
 ORDER BY r.run_number DESC
 LIMIT $4`,
};

/** $1 account, $2 synchronization, $3 run. */
const findRun: Statement = {
  name: 'find-run',
  text: `
SELECT ${runColumns},
       (SELECT (b.report ->> 'rows')::bigint::float8
          FROM runs b
         WHERE b.synchronization_id = r.synchronization_id AND b.run_number < r.run_number
           AND b.outcome = 'imported'
         ORDER BY b.run_number DESC
         LIMIT 1) AS "rowsBefore"
  FROM runs r
  JOIN synchronizations s ON s.id = r.synchronization_id
 WHERE s.account_id = $1 AND s.id = $2 AND s.deleted_at IS NULL AND r.id = $3`,
};

const entryColumns = 'l.id, l.run_id AS "runId", l.at, l.level, l.message';
/** $1 log, $2 id after which they are, $3 how many. */
const findLog: Statement = {
  name: 'list-log',
  text: `SELECT ${entryColumns} FROM run_log l WHERE l.log_id = $1 AND l.id > $2::bigint ORDER BY l.id LIMIT $3`,
};
/** $1 run, $2 id after which they are, $3 how many. */
const findRunLog: Statement = {
  name: 'list-log-of-run',
  text: `SELECT ${entryColumns} FROM run_log l WHERE l.run_id = $1 AND l.id > $2::bigint ORDER BY l.id LIMIT $3`,
};

const runNumberMax = 2_147_483_647;
const runPosition = z.tuple([z.int().min(0).max(runNumberMax)]);
const entryPosition = z.tuple([z.string().regex(/^\d{1,18}$/)]);

/** A line of a log as it is stored. */
export interface LogRow {
  readonly id: string;
  readonly runId: string;
  readonly at: Date;
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
}

/** A page, and the cursor after it; `null` when it is the last. */
export interface Page<Row> {
  readonly rows: Row[];
  readonly cursor: string | null;
}

/** What says which page of a list is meant. */
export interface PageFields {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Whose synchronization it is, and which. */
export interface Owned {
  readonly accountId: string;
  readonly synchronizationId: string;
}

/** One page of the runs of a synchronization, the latest first. @throws Problem 400 or 404 */
export async function listRuns(
  database: Asks,
  owned: Owned,
  { limit, cursor, outcome }: PageFields & { outcome?: string | undefined },
): Promise<Page<RunRow>> {
  const { synchronizationId } = owned;
  const list = ['runs', synchronizationId, outcome];
  const [before] = cursor === undefined ? [runNumberMax] : readCursor(list, cursor, runPosition);
  await findLogId(database, owned);
  const parameters = [synchronizationId, before, outcome ?? null, limit + 1];
  const rows = await database.query<RunRow>(findRuns, parameters);
  return cut(rows, limit, ({ runNumber }) => writeCursor(list, [runNumber]));
}

/** A run, and the rows of the import before it. @throws Problem 404 */
export async function getRun(
  database: Asks,
  { accountId, synchronizationId }: Owned,
  runId: string,
): Promise<{ run: RunRow; rowsBefore: number | null }> {
  const parameters = [accountId, synchronizationId, runId];
  const [run] = await database.query<RunRow & { rowsBefore: number | null }>(findRun, parameters);
  if (run === undefined) throw new Problem('not-found');
  return { run, rowsBefore: run.rowsBefore };
}

/**
 * One page of the log of a synchronization, or of one of its runs, in the order in which it was written.
 *
 * @throws Problem 400 or 404
 */
export async function listLog(
  database: Asks,
  owned: Owned,
  runId: string | null,
  { limit, cursor, after }: PageFields & { after?: string | undefined },
): Promise<Page<LogRow>> {
  const list = ['log', owned.synchronizationId, runId, after];
  const [from] = cursor === undefined ? [after ?? '0'] : readCursor(list, cursor, entryPosition);
  const [statement, id] =
    runId === null
      ? [findLog, await findLogId(database, owned)]
      : [findRunLog, (await getRun(database, owned, runId)).run.id];
  const rows = await database.query<LogRow>(statement, [id, from, limit + 1]);
  return cut(rows, limit, (row) => writeCursor(list, [row.id]));
}

async function findLogId(database: Asks, { accountId, synchronizationId }: Owned): Promise<string> {
  const [owner] = await database.query<{ logId: string }>(findOwner, [accountId, synchronizationId]);
  if (owner === undefined) throw new Problem('not-found');
  return owner.logId;
}

/** One more than is shown was read, which tells whether there is another page. */
function cut<Row>(found: readonly Row[], limit: number, cursorAfter: (row: Row) => string): Page<Row> {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, cursor: found.length <= limit || last === undefined ? null : cursorAfter(last) };
}
