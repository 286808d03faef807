import { runEventMessageId, runRequestedV1Subject } from '@tidetable/contracts';
import type { DataSource } from 'typeorm';

/** Held by whoever claims, until its transaction ends: limits of runs in flight are counted by one at a time. */
const claimLock = 'SELECT pg_try_advisory_xact_lock(7416002) AS locked';

/**
 * Why one statement: a claim must be all or nothing (state, run and the event that announces it), and every round
 * trip saved counts when thousands are due at the same second.
 *
 * Order: the longest due is announced first. A row that the api is just changing is skipped and comes with the next round. Rows are
 * locked in the order in which they are due and before anything that hangs on them, as everywhere (synchronization
 * first, then run).
 *
 * An account has a limited number of runs in flight. What is due beyond it is set aside (`held`), so that nobody looks at
 * it again, and nobody else waits behind it, until one of the account's runs has ended: of the accounts with something
 * set aside, which the index `synchronizations_held` tells one after the other, as many are taken as may run again. What
 * is due of disabled accounts is set aside as well.
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
WITH RECURSIVE waiting AS (
  (SELECT account_id FROM synchronizations WHERE held AND due_at IS NOT NULL ORDER BY account_id LIMIT 1)
  UNION ALL
  SELECT (SELECT s.account_id FROM synchronizations s
           WHERE s.held AND s.due_at IS NOT NULL AND s.account_id > w.account_id
           ORDER BY s.account_id LIMIT 1)
    FROM waiting w
   WHERE w.account_id IS NOT NULL
), freed AS MATERIALIZED (
  SELECT h.id, h.account_id, h.due_at
    FROM waiting w
    JOIN accounts a ON a.id = w.account_id AND a.state = 'active'
   CROSS JOIN LATERAL (
     SELECT count(*) AS runs
       FROM (SELECT FROM synchronizations f
              WHERE f.account_id = a.id AND f.state IN ('queued', 'syncing')
              LIMIT coalesce(a.runs_max, $6)) AS open_runs) AS flying
   CROSS JOIN LATERAL (
     SELECT s.id, s.account_id, s.due_at
       FROM synchronizations s
      WHERE s.account_id = a.id AND s.held AND s.due_at IS NOT NULL
      ORDER BY s.due_at
      LIMIT greatest(coalesce(a.runs_max, $6) - flying.runs, 0)
        FOR UPDATE OF s SKIP LOCKED) AS h
   LIMIT $1
), due AS MATERIALIZED (
  SELECT s.id, s.account_id, s.due_at
    FROM synchronizations s
   WHERE NOT s.held AND s.due_at <= statement_timestamp()
   ORDER BY s.due_at
   LIMIT (SELECT $1 - count(*) FROM freed)
     FOR UPDATE OF s SKIP LOCKED
), allowed AS (
  SELECT a.id AS account_id,
         CASE a.state WHEN 'active' THEN coalesce(a.runs_max, $6) ELSE 0 END
         - (SELECT count(*)
              FROM (SELECT FROM synchronizations f
                     WHERE f.account_id = a.id AND f.state IN ('queued', 'syncing')
                     LIMIT coalesce(a.runs_max, $6)) AS open_runs)
         - (SELECT count(*) FROM freed WHERE freed.account_id = a.id) AS runs
    FROM accounts a
   WHERE a.id IN (SELECT account_id FROM due)
), ranked AS (
  SELECT due.id, row_number() OVER (PARTITION BY due.account_id ORDER BY due.due_at) <= allowed.runs AS now
    FROM due
    JOIN allowed USING (account_id)
), set_aside AS (
  UPDATE synchronizations s
     SET held = true
    FROM ranked
   WHERE s.id = ranked.id AND NOT ranked.now
  RETURNING s.id
), chosen AS (
  SELECT id FROM freed UNION ALL SELECT id FROM ranked WHERE now
), claimed AS (
  UPDATE synchronizations s
     SET state = 'queued',
         held = false,
         attempted_at = clock_timestamp(),
         runs_count = s.runs_count + 1,
         failure_code = CASE before.trigger WHEN 'schedule' THEN s.failure_code END,
         failure_detail = CASE before.trigger WHEN 'schedule' THEN s.failure_detail END
    FROM (SELECT b.id,
                 b.due_at,
                 CASE WHEN b.runs_count = 0 THEN b.first_run_id ELSE gen_random_uuid() END AS run_id,
                 CASE WHEN b.state = 'created' THEN 'created'
                      WHEN b.sync_requested_at > b.attempted_at THEN 'manual'
                      ELSE 'schedule' END AS trigger
            FROM chosen JOIN synchronizations b USING (id)) AS before
   WHERE s.id = before.id
  RETURNING s.id, s.account_id, before.run_id, s.runs_count AS run_number, before.trigger, s.attempted_at AS requested_at,
            before.due_at
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
   ORDER BY due_at
)
SELECT (SELECT count(*) FROM claimed)::integer AS claimed,
       (SELECT count(*) FROM set_aside)::integer AS held,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('accountId', account_id, 'synchronizationId', id)), '[]')
          FROM claimed WHERE trigger <> 'schedule') AS asked`;

/** Stands for the run's id in the pattern of the message id that the statement is given. */
const runIdMark = '{runId}';

/** How much is claimed. */
export interface ClaimLimits {
  /** At a time. */
  readonly batch: number;
  /** Runs in flight of each account that has no number of its own. */
  readonly accountRunsMax: number;
}

/** What a claim did; both zero says that nothing more was due. */
export interface Claimed {
  readonly claimed: number;
  /** Set aside until a run of the same account ends. */
  readonly held: number;
  /** Those of the claimed that somebody waits for: they are new, or were asked for by hand. */
  readonly asked: readonly { readonly accountId: string; readonly synchronizationId: string }[];
}

const nothing: Claimed = { claimed: 0, held: 0, asked: [] };

/**
 * Claims due synchronizations of active accounts: each becomes `queued` and gets an open run and the outbox row of its
 * `sync.run.requested.v1`, all at once. No account gets more runs in flight than it may have. Any number of schedulers
 * may claim at the same time: none is claimed twice, and one that comes while another is at it does nothing.
 */
export async function claimDueSynchronizations(
  database: DataSource,
  { batch, accountRunsMax }: ClaimLimits,
  runDeadlineSeconds: number,
): Promise<Claimed> {
  return database.transaction(async (manager) => {
    const [lock] = await manager.query<{ locked: boolean }[]>(claimLock);
    if (lock?.locked !== true) return nothing;
    const [row] = await manager.query<Claimed[]>(claim, [
      batch,
      runDeadlineSeconds,
      runRequestedV1Subject,
      runEventMessageId(runRequestedV1Subject, runIdMark),
      runIdMark,
      accountRunsMax,
    ]);
    return row ?? nothing;
  });
}
