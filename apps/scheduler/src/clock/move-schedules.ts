import type { DataSource, EntityManager } from 'typeorm';
import { nextRunAfterCancel, scheduleOf, spreadOf } from '../record/next-run.js';

/** So many synchronizations are moved by one statement, so that none holds its locks for long. */
const moveBatch = 2_000;

/** What is begun and not done; its lock is held to the end of the transaction, so that batches follow one another. */
const lockStep = `
  SELECT step_ms::float8 AS "stepMs", moved_up_to AS "movedUpTo", clock_timestamp() AS now
    FROM clock WHERE step_ms IS NOT NULL FOR UPDATE`;

const lockBatch = `
  SELECT id FROM synchronizations
   WHERE $1::uuid IS NULL OR id > $1
   ORDER BY id LIMIT $2 FOR UPDATE`;

/**
 * $1 ids. Set ahead, an interval has as much left as before, unless it was counted by the new clock already. What a cron
 * would have done in the time that was skipped it does once, now: parted over that time, an hour at most, by a number that
 * follows from the id.
 */
const moveAhead = `
  UPDATE synchronizations s
     SET run_at = CASE
           WHEN s.cron IS NULL THEN s.run_at + step.length
           ELSE clock.stepped_at
                + least(step.length, interval '1 hour') * ((hashtext(s.id::text) & 65535) / 65536.0)
         END
    FROM clock, LATERAL (SELECT make_interval(secs => clock.step_ms / 1000.0) AS length) AS step
   WHERE s.id = ANY ($1::uuid[])
     AND s.deleted_at IS NULL
     AND (s.attempted_at IS NULL OR s.attempted_at < clock.stepped_at - step.length / 2)
     AND (s.cron IS NULL OR (s.run_at > clock.stepped_at - step.length AND s.run_at <= clock.stepped_at))`;

/**
 * $1 ids. Set back, all moments that are compared with one another or with now: else nothing would be due, and no
 * refresh by hand allowed, until the clock has caught up.
 */
const moveBack = `
  UPDATE synchronizations s
     SET run_at = s.run_at + step.length,
         attempted_at = s.attempted_at + step.length,
         sync_requested_at = s.sync_requested_at + step.length,
         pushed_at = s.pushed_at + step.length,
         options_changed_at = s.options_changed_at + step.length,
         imported_at = s.imported_at + step.length,
         source_changed_at = s.source_changed_at + step.length,
         created_at = CASE s.state WHEN 'created' THEN s.created_at + step.length ELSE s.created_at END
    FROM clock, LATERAL (SELECT make_interval(secs => clock.step_ms / 1000.0) AS length) AS step
   WHERE s.id = ANY ($1::uuid[]) AND s.deleted_at IS NULL`;

const findCron = `
  SELECT id, interval_seconds AS "intervalSeconds", cron, time_zone AS "timeZone", runs_count AS "runNumber"
    FROM synchronizations
   WHERE id = ANY ($1::uuid[]) AND cron IS NOT NULL AND soon_tries = 0 AND deleted_at IS NULL`;

const setRunAt = `
  UPDATE synchronizations s SET run_at = anew.run_at
    FROM unnest($1::uuid[], $2::timestamptz[]) AS anew (id, run_at)
   WHERE s.id = anew.id`;

const goOn = 'UPDATE clock SET moved_up_to = $1';
const finish = `
  UPDATE clock SET step_ms = NULL, stepped_at = NULL, moved_up_to = NULL, seen_at = clock_timestamp()`;

interface Step {
  stepMs: number;
  movedUpTo: string | null;
  now: Date;
}

/**
 * Moves the next batch of schedules by the step that was begun, each synchronization once, however many schedulers are at
 * it and whenever they die. Returns whether there is more to move.
 */
export async function moveSchedules(database: DataSource, batch = moveBatch): Promise<boolean> {
  return database.transaction(async (manager) => {
    const [step] = await manager.query<Step[]>(lockStep);
    if (step === undefined) return false;
    const rows = await manager.query<{ id: string }[]>(lockBatch, [step.movedUpTo, batch]);
    const ids = rows.map(({ id }) => id);
    if (step.stepMs > 0) await manager.query(moveAhead, [ids]);
    else await moveBackwards(manager, ids, step.now);
    if (ids.length < batch) await manager.query(finish);
    else await manager.query(goOn, [ids.at(-1)]);
    return ids.length === batch;
  });
}

/** A cron comes up by the clock as it is now, whatever came up by the one before. */
async function moveBackwards(manager: EntityManager, ids: readonly string[], now: Date): Promise<void> {
  await manager.query(moveBack, [ids]);
  const rows = await manager.query<CronRow[]>(findCron, [ids]);
  const runAts = rows.map((row) => {
    const spread = spreadOf(row.id, row.runNumber);
    return nextRunAfterCancel({ ...scheduleOf(row), retriedTimes: 0, stopped: false, spread, now }).runAt;
  });
  if (rows.length > 0) await manager.query(setRunAt, [rows.map(({ id }) => id), runAts]);
}

interface CronRow {
  id: string;
  intervalSeconds: number;
  cron: string;
  timeZone: string;
  runNumber: number;
}
