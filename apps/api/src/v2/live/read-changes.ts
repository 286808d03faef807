import type { RunOutcome, SyncErrorCode } from '@tidetable/contracts';
import type { Asks, Statement } from '../../database/metadata-database.js';

/** Which synchronizations somebody watches: one, or all of an account. */
export interface Watched {
  readonly accountId: string;
  readonly synchronizationId: string | null;
}

/** A run that got on, with its moments in microseconds since 1970. */
export interface ChangedRun {
  readonly synchronizationId: string;
  readonly table: string | null;
  readonly runId: string;
  readonly runNumber: number;
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly outcome: RunOutcome | 'cancelled' | null;
  readonly failureCode: SyncErrorCode | null;
  readonly failureDetail: string | null;
  readonly rows: string | null;
  readonly stopped: boolean;
  /** Of the synchronization, as it is now. */
  readonly state: string;
}

/** So many runs are told of at once; whoever missed more begins anew. */
const changedRunsMax = 1_000;
/** And so many of one synchronization. */
const runsOfOneMax = 200;

const micros = (column: string): string => `(extract(epoch FROM ${column}) * 1000000)::bigint::text`;
const watched = `s.account_id = $1 AND s.deleted_at IS NULL AND ($2::uuid IS NULL OR s.id = $2)`;

/**
 * $1 account, $2 one synchronization or null, $3 a moment in microseconds, $4 how many. Runs that were requested, started
 * or ended after the moment. Only those synchronizations are looked into that have been attempted since, or have a run under
 * way; of each the last runs at most, which are found by their numbers.
 */
const changedRuns: Statement = {
  name: 'read-changed-runs',
  text: `
SELECT s.id AS "synchronizationId", s.name AS "table", s.stopped, s.state, r.id AS "runId", r.run_number AS "runNumber",
       ${micros('r.requested_at')} AS "requestedAt", ${micros('r.started_at')} AS "startedAt",
       ${micros('r.finished_at')} AS "finishedAt", r.outcome, r.failure_code AS "failureCode",
       s.runs_count - r.run_number AS behind, r.failure_detail AS "failureDetail", r.report ->> 'rows' AS rows
  FROM (SELECT 'epoch'::timestamptz + $3::bigint * interval '1 microsecond' AS moment) AS since
  JOIN synchronizations s ON s.attempted_at > since.moment OR s.state IN ('queued', 'syncing')
  JOIN runs r ON r.synchronization_id = s.id AND r.run_number > s.runs_count - ${runsOfOneMax}
   AND (r.requested_at > since.moment OR r.started_at > since.moment OR r.finished_at > since.moment)
 WHERE ${watched}
 LIMIT $4`,
};

/** $1 account, $2 one synchronization or null. The present state of the one, or of all that have a run under way. */
const present: Statement = {
  name: 'read-present-states',
  text: `
SELECT s.id AS "synchronizationId", s.name AS "table", s.state, r.id AS "runId", r.run_number AS "runNumber"
  FROM synchronizations s
  LEFT JOIN runs r ON r.synchronization_id = s.id AND r.outcome IS NULL
 WHERE ${watched} AND ($2::uuid IS NOT NULL OR s.state IN ('queued', 'syncing'))
 ORDER BY s.created_at, s.id
 LIMIT 1000`,
};

const clock: Statement = { name: 'read-clock', text: `SELECT ${micros('clock_timestamp()')} AS now` };

/** How a synchronization stands now. */
export interface PresentState {
  readonly synchronizationId: string;
  readonly table: string | null;
  readonly state: string;
  readonly runId: string | null;
  readonly runNumber: number | null;
}

/** What got on after a moment; `null` when it is more than is told at once. */
export async function readChanges(
  database: Asks,
  { accountId, synchronizationId }: Watched,
  fromMicroseconds: number,
): Promise<readonly ChangedRun[] | null> {
  const values = [accountId, synchronizationId, String(fromMicroseconds), changedRunsMax + 1];
  const rows = await database.query<ChangedRun & { behind: number }>(changedRuns, values);
  const isCut = rows.length > changedRunsMax || rows.some(({ behind }) => behind >= runsOfOneMax - 1);
  return isCut ? null : rows;
}

/** The present states, and nothing when the one synchronization is not there. */
export function readPresent(
  database: Asks,
  { accountId, synchronizationId }: Watched,
): Promise<readonly PresentState[]> {
  return database.query<PresentState>(present, [accountId, synchronizationId]);
}

/** The clock of the metadata database, in microseconds since 1970. */
export async function readClock(database: Asks): Promise<number> {
  const [row] = await database.query<{ now: string }>(clock, []);
  return Number(row?.now);
}
