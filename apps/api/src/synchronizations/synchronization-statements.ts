import { type Statement, told } from '../database/metadata-database.js';
import { synchronizationColumns } from './synchronization-row.js';

/**
 * The statements about synchronizations. Those that change something are one statement each: what they decide and what they change is the row as it is while
 * they hold its lock. Each of these gives one row when it changed something and none when it did not. A notification inside a
 * statement is sent when, and only if, its transaction commits.
 */
/** $1 account, $2 id. */
export const findOne: Statement = {
  name: 'find-synchronization',
  text: `
SELECT ${synchronizationColumns}
  FROM synchronizations
 WHERE account_id = $1 AND id = $2 AND deleted_at IS NULL`,
};

/** $1 account, $2 id. Nobody changes or deletes it until the transaction ends. */
export const lockOne: Statement = { name: 'lock-synchronization', text: `${findOne.text} FOR UPDATE` };

/** $1 account, $2 how many, null for all, $3 how many before them. In the order of creation. */
export const findPage: Statement = {
  name: 'find-page-of-synchronizations',
  text: `
SELECT ${synchronizationColumns}
  FROM synchronizations
 WHERE account_id = $1 AND deleted_at IS NULL
 ORDER BY created_at, id
 LIMIT $2::bigint OFFSET $3::bigint`,
};

/** $1 account. */
export const countAll: Statement = {
  name: 'count-synchronizations',
  text: 'SELECT count(*)::integer AS total FROM synchronizations WHERE account_id = $1 AND deleted_at IS NULL',
};

/**
 * $1 account, $2 url, $3 interval, $4 table name, $5 to $7 options, $8 member, $9 layer, $10 channel, $11 service, $12
 * its item, $13 the id, $14 names of headers, $15 whether there is a user name, $16 to $18 a cron expression, its time
 * zone and when it comes up next, null for an interval. Gives the new row.
 */
export const insertOne: Statement = {
  name: 'insert-synchronization',
  text: `
WITH inserted AS (
  INSERT INTO synchronizations
    (account_id, url, interval_seconds, requested_table_name, type_guessing, quoted_fields_guessing, content_guessing,
     member, layer, service_name, service_item_id, id, header_names, has_basic_auth, cron, time_zone, run_at)
  VALUES ($1, $2, $3::integer, $4, $5, $6, $7, $8, $9, $11, $12, $13, $14, $15, $16, $17,
          coalesce($18::timestamptz, now() + $3::integer * interval '1 second'))
  RETURNING *
)
SELECT ${synchronizationColumns}, pg_notify($10, ''), ${told} FROM inserted AS synchronizations`,
};

/**
 * $1 account, $2 id, $3 interval, $4 to $6 options, null for what stays; $7 and $9 member and layer, null for none, where
 * $8 and $10 say that they are to change; $11 and $12 names of headers and whether there is a user name, null for what
 * stays; $13 to $15 as $16 to $18 of a new one, where $16 says that the kind of schedule is to change; $17 another url,
 * null for the same, which a trigger makes due at once.
 * An interval that really changes takes the place of a clock on a wall.
 * The next run moves with a new interval unless a run is open, whose end sets it anyway. Options that really changed
 * are dated, as the table must then be loaded anew even from an unchanged file. A schedule that has stopped after failures
 * goes on once anything really changed, as if it had not failed before.
 */
export const changeOne: Statement = {
  name: 'change-synchronization',
  text: `
WITH before AS (
  SELECT id,
         coalesce($3::integer, interval_seconds) <> interval_seconds AS changes_interval,
         coalesce($3::integer, interval_seconds) <> interval_seconds
         OR ($16::boolean AND ($13::text, $14::text) IS DISTINCT FROM (cron, time_zone)) AS moves,
         coalesce($4::boolean, type_guessing) <> type_guessing
         OR coalesce($5::boolean, quoted_fields_guessing) <> quoted_fields_guessing
         OR coalesce($6::boolean, content_guessing) <> content_guessing
         OR ($8::boolean AND $7::text IS DISTINCT FROM member)
         OR ($10::boolean AND $9::text IS DISTINCT FROM layer)
         -- Who asks as somebody else may be given another file.
         OR $11::text[] IS NOT NULL AS rereads
    FROM synchronizations
   WHERE account_id = $1 AND id = $2 AND deleted_at IS NULL
     FOR UPDATE
), changed AS (
  UPDATE synchronizations s SET
    interval_seconds = coalesce($3::integer, interval_seconds),
    run_at = CASE
      WHEN before.moves AND state NOT IN ('queued', 'syncing')
        THEN coalesce($15::timestamptz, now() + $3::integer * interval '1 second')
      ELSE run_at
    END,
    cron = CASE WHEN $16::boolean THEN $13::text WHEN before.changes_interval THEN NULL ELSE cron END,
    time_zone = CASE WHEN $16::boolean THEN $14::text WHEN before.changes_interval THEN NULL ELSE time_zone END,
    url = coalesce($17::text, url),
    options_changed_at = CASE WHEN before.rereads THEN now() ELSE options_changed_at END,
    type_guessing = coalesce($4::boolean, type_guessing),
    quoted_fields_guessing = coalesce($5::boolean, quoted_fields_guessing),
    content_guessing = coalesce($6::boolean, content_guessing),
    member = CASE WHEN $8::boolean THEN $7::text ELSE member END,
    layer = CASE WHEN $10::boolean THEN $9::text ELSE layer END,
    header_names = coalesce($11::text[], header_names),
    has_basic_auth = coalesce($12::boolean, has_basic_auth),
    stopped = stopped AND NOT (before.moves OR before.rereads),
    retried_times = CASE WHEN stopped AND (before.moves OR before.rereads) THEN 0 ELSE retried_times END,
    soon_tries = CASE WHEN stopped AND (before.moves OR before.rereads) THEN 0 ELSE soon_tries END
  FROM before
  WHERE s.id = before.id
  RETURNING s.id
)
SELECT id, ${told} FROM changed`,
};

/** $1 account, $2 id. */
export const deleteOne: Statement = {
  name: 'delete-synchronization',
  text: `
WITH deleted AS (
  UPDATE synchronizations SET deleted_at = now()
  WHERE account_id = $1 AND id = $2 AND deleted_at IS NULL
  RETURNING id
)
SELECT id, ${told} FROM deleted`,
};

/**
 * $1 account, $2 id, $3 gap in seconds, $4 channel.
 * Allowed at rest, with nothing asked for yet, when the last attempt is long enough ago or the next one is due anyway.
 * A second statement waits for the lock of the first and then finds that something is asked for, so it changes nothing.
 * The time is the clock's and not the transaction's, so that it is later than any attempt already recorded.
 */
export const requestSync: Statement = {
  name: 'request-sync',
  text: `
WITH requested AS (
  UPDATE synchronizations SET sync_requested_at = clock_timestamp()
  WHERE account_id = $1 AND id = $2 AND deleted_at IS NULL
    AND state IN ('success', 'failure')
    AND (sync_requested_at IS NULL OR sync_requested_at <= attempted_at)
    AND (
      attempted_at <= clock_timestamp() - $3::integer * interval '1 second'
      OR (run_at <= clock_timestamp() AND NOT stopped)
    )
  RETURNING id
)
SELECT id, pg_notify($4, ''), ${told} FROM requested`,
};

/** $1 id, $2 gap in seconds. After how many seconds a refresh by hand may be asked for; 0 or less for now. */
export const refreshableIn: Statement = {
  name: 'refreshable-in',
  text: `
SELECT ceil(extract(epoch FROM attempted_at - clock_timestamp()) + $2::integer)::integer AS seconds
  FROM synchronizations
 WHERE id = $1`,
};
