import { runEventMessageId, runRequestedV1Subject } from '@tidetable/contracts';
import type { DataSource } from 'typeorm';

/**
 * Why one statement: a claim must be all or nothing (state, run and the event that announces it), and every round
 * trip saved counts when thousands are due at the same second.
 *
 * Order: the longest due first. Several schedulers take different rows: a row that another one is claiming, or
 * that the api is just changing, is skipped and comes with the next round. Rows are locked in the order in which
 * they are due and before anything that hangs on them, as everywhere (synchronization first, then run).
 *
 * `statement_timestamp()` is compared since, unlike `clock_timestamp()`, it does not change during the statement
 * and can therefore be looked up in the index `synchronizations_due_at`. `attempted_at` is read from the clock
 * after the row was locked, so it is later than any `sync_requested_at` that this run answers.
 *
 * A reason for the last failure stays visible while the schedule tries again, and goes when somebody asks for a
 * run by hand. The first run has the id that was given out when the synchronization was created.
 *
 * Example: three rows due → three rows `queued`, three runs without outcome, three outbox rows, result 3.
 */
const claim = `
WITH due AS MATERIALIZED (
  SELECT s.id,
         CASE WHEN s.runs_count = 0 THEN s.first_run_id ELSE gen_random_uuid() END AS run_id,
         CASE WHEN s.state = 'created' THEN 'created'
              WHEN s.sync_requested_at > s.attempted_at THEN 'manual'
              ELSE 'schedule' END AS trigger
    FROM synchronizations s
    JOIN accounts a ON a.id = s.account_id AND a.state = 'active'
   WHERE s.due_at <= statement_timestamp()
   ORDER BY s.due_at
   LIMIT $1
     FOR UPDATE OF s SKIP LOCKED
), claimed AS (
  UPDATE synchronizations s
     SET state = 'queued',
         attempted_at = clock_timestamp(),
         runs_count = s.runs_count + 1,
         failure_code = CASE due.trigger WHEN 'schedule' THEN s.failure_code END,
         failure_detail = CASE due.trigger WHEN 'schedule' THEN s.failure_detail END
    FROM due
   WHERE s.id = due.id
  RETURNING s.id, due.run_id, s.runs_count AS run_number, due.trigger, s.attempted_at AS requested_at
), requested AS (
  INSERT INTO runs (id, synchronization_id, run_number, trigger, requested_at, deadline_at)
  SELECT run_id, id, run_number, trigger, requested_at, requested_at + make_interval(secs => $2)
    FROM claimed
), announced AS (
  INSERT INTO outbox (message_id, subject, payload)
  SELECT replace($4, $5, run_id::text),
         $3,
         jsonb_build_object(
           'runId', run_id,
           'synchronizationId', id,
           'runNumber', run_number,
           'requestedAt', to_char(requested_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    FROM claimed
   ORDER BY requested_at
)
SELECT count(*)::integer AS claimed FROM claimed`;

/** Stands for the run's id in the pattern of the message id that the statement is given. */
const runIdMark = '{runId}';

/**
 * Claims up to `batch` due synchronizations of active accounts: each becomes `queued` and gets an open run and the
 * outbox row of its `sync.run.requested.v1`, all in one statement. Returns how many; fewer than `batch` says that
 * nothing more was due. Any number of schedulers may claim at the same time: none is claimed twice.
 */
export async function claimDueSynchronizations(
  database: DataSource,
  batch: number,
  runDeadlineSeconds: number,
): Promise<number> {
  const [row] = await database.query<{ claimed: number }[]>(claim, [
    batch,
    runDeadlineSeconds,
    runRequestedV1Subject,
    runEventMessageId(runRequestedV1Subject, runIdMark),
    runIdMark,
  ]);
  return row?.claimed ?? 0;
}
