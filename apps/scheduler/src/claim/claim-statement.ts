/** Whom a synchronization's source burdens; the function is the database's, and two indexes are of what it gives. */
const hostOf = (row: string): string => `source_host(${row}.url, ${row}.service_name)`;

/** What is in flight is counted here and nowhere else, no further than `most`, by one of the two indexes of it. */
const runsInFlight = (whose: string, most: string): string => `(
    SELECT count(*)::integer
      FROM (SELECT FROM synchronizations f
             WHERE ${whose} AND f.state IN ('queued', 'syncing') AND f.deleted_at IS NULL
             LIMIT ${most}) AS open_runs)`;

/** How many more runs an account may have in flight: none where it is disabled or gone. */
const roomOfAccount = (account: string): string => `coalesce((
    SELECT coalesce(a.runs_max, $6) - ${runsInFlight('f.account_id = a.id', 'coalesce(a.runs_max, $6)')}
      FROM accounts a
     WHERE a.id = ${account} AND a.state = 'active'), 0)`;

/** How many more runs of a source host may be in flight; a whole batch where hosts have no limit. */
const roomOfHost = (host: string): string =>
  `CASE WHEN $7::integer IS NULL THEN $1 ELSE $7::integer - ${runsInFlight(
    `${hostOf('f')} = ${host} AND coalesce(f.url, f.service_name) IS NOT NULL`,
    '$7::integer',
  )} END`;

/** No more accounts are gone through in one claim, for all that wait and for each host. */
const turnsMax = 1_000;

/**
 * A query of the accounts that have something in a part of an index, found one after the other without reading what
 * each has: all those after the account that begins, then those before it, and no more than are asked for.
 */
const accountsInTurn = (waiting: string): string => `
  WITH RECURSIVE turns AS (
    SELECT first.account_id, 1 AS lap FROM first
    UNION ALL
    SELECT coalesce(later.account_id, '00000000-0000-0000-0000-000000000000'),
           CASE WHEN later.account_id IS NULL THEN turns.lap + 1 ELSE turns.lap END
      FROM turns
     CROSS JOIN first
      LEFT JOIN LATERAL (
        SELECT s.account_id FROM synchronizations s
         WHERE ${waiting} AND s.due_at IS NOT NULL AND s.account_id > turns.account_id
         ORDER BY s.account_id LIMIT 1) AS later ON true
     WHERE turns.lap = 1 OR (turns.lap = 2 AND turns.account_id < first.account_id)
  )
  SELECT turns.account_id
    FROM turns CROSS JOIN first
   WHERE (turns.lap = 1 AND turns.account_id > first.account_id)
      OR (turns.lap = 2 AND turns.account_id <= first.account_id)
   LIMIT ${turnsMax}`;

/** The rows of a part of an index that are due, the longest due first, locked; who changes one just now keeps it. */
const longestDue = (which: string, most: string): string => `
  SELECT s.id, s.account_id, ${hostOf('s')} AS host, s.due_at
    FROM synchronizations s
   WHERE ${which} AND s.due_at <= statement_timestamp()
   ORDER BY s.due_at
   LIMIT ${most}
     FOR UPDATE OF s SKIP LOCKED`;

/** What was set aside for an account that has room again. */
const freedByAccount = `), freed_by_account AS MATERIALIZED (
  SELECT s.*, room.runs AS account_room, NULL::integer AS host_room
    FROM (${accountsInTurn('s.held')}) AS waiting
   CROSS JOIN LATERAL (SELECT ${roomOfAccount('waiting.account_id')} AS runs OFFSET 0) AS room
   CROSS JOIN LATERAL (${longestDue('s.account_id = waiting.account_id AND s.held', 'greatest(room.runs, 0)')}) AS s
   LIMIT $1
`;

/** What was set aside for a host that has room again, of accounts that have room. */
const freedByHost = `), hosts AS (
  (SELECT ${hostOf('s')} AS host FROM synchronizations s WHERE s.held_by_host AND s.due_at IS NOT NULL ORDER BY 1 LIMIT 1)
  UNION ALL
  SELECT (SELECT ${hostOf('s')} FROM synchronizations s
           WHERE s.held_by_host AND s.due_at IS NOT NULL AND ${hostOf('s')} > hosts.host
           ORDER BY 1 LIMIT 1)
    FROM hosts
   WHERE hosts.host IS NOT NULL
), hosts_with_room AS MATERIALIZED (
  SELECT host, runs
    FROM (SELECT hosts.host, ${roomOfHost('hosts.host')} AS runs FROM hosts WHERE hosts.host IS NOT NULL) AS hosts
   WHERE runs > 0
   ORDER BY random()
), freed_by_host AS MATERIALIZED (
  SELECT freed.*
    FROM hosts_with_room h
   CROSS JOIN LATERAL (
     SELECT s.*, room.runs AS account_room, h.runs AS host_room
       FROM (${accountsInTurn(`s.held_by_host AND ${hostOf('s')} = h.host`)}) AS waiting
      CROSS JOIN LATERAL (SELECT ${roomOfAccount('waiting.account_id')} AS runs OFFSET 0) AS room
      CROSS JOIN LATERAL (${longestDue(
        `s.held_by_host AND ${hostOf('s')} = h.host AND s.account_id = waiting.account_id`,
        'greatest(least(room.runs, h.runs), 0)',
      )}) AS s
      LIMIT h.runs) AS freed
   LIMIT $1
`;

/** What is set aside at all; nothing else sets anything aside while the lock is held that is taken before. */
export interface SetAside {
  readonly behindAccounts: boolean;
  readonly behindHosts: boolean;
}

/**
 * $1 batch, $2 deadline in seconds, $3 subject, $4 pattern of the message id, $5 what stands for the run's id in it, $6 runs
 * of an account, $7 runs of a host or null. Gives one row: how many were claimed, how many set aside, and which of the claimed somebody asked for.
 *
 * Why one statement: a claim must be all or nothing (state, run and the event that announces it), and every round
 * trip saved counts when thousands are due at the same second.
 *
 * 1. Who may be next: what was set aside for an account that has room again; what was set aside for a host that has room
 *    again, of accounts that have room; and what is due and was not looked at, the longest due first.
 * 2. What may run: the longest due of each account as far as it has room, of these the longest due of each host as far as
 *    that has room, and of these a batch, in turn from the three.
 * 3. What is due and may not run is set aside (`held_by_host` when its host has no room, or else `held`), so that nobody
 *    looks at it again or waits behind it. It goes from `held` to `held_by_host` when only its host is in the way, and
 *    never back, so it is written at most twice.
 *
 * Which account begins is chosen by lot in each claim. So none is last for ever, also when there is room for few, and no
 * claim needs to go through all that wait.
 *
 * Rows that the api is just changing are skipped and come with the next round. Rows are locked before anything that hangs
 * on them, as everywhere (synchronization first, then run).
 *
 * `statement_timestamp()` is compared since, unlike `clock_timestamp()`, it does not change during the statement
 * and can therefore be looked up in an index. `attempted_at` is read from the clock after the row was locked, so it is
 * later than any `sync_requested_at` that this run answers.
 *
 * A reason for the last failure stays visible while the schedule tries again, and goes when somebody asks for a
 * run by hand. The first run has the id that was given out when the synchronization was created.
 *
 * What would look for something set aside is left out where there is nothing: the planner would need longer for it than the
 * rest takes with few rows.
 *
 * Example: three rows due → three rows `queued`, three runs without outcome, three outbox rows, 3 claimed and 0 held.
 */
export function claimStatement({ behindAccounts, behindHosts }: SetAside): string {
  return `
WITH RECURSIVE first AS MATERIALIZED (
  SELECT gen_random_uuid() AS account_id
${behindAccounts ? freedByAccount : ''}${behindHosts ? freedByHost : ''}), due AS MATERIALIZED (${longestDue('NOT s.held AND NOT s.held_by_host', '$1')}
), candidates AS MATERIALIZED (
  ${behindAccounts ? `SELECT *, 'account' AS behind, row_number() OVER () AS turn FROM freed_by_account UNION ALL` : ''}
  ${behindHosts ? `SELECT *, 'host' AS behind, row_number() OVER () AS turn FROM freed_by_host UNION ALL` : ''}
  SELECT *, NULL::integer AS account_room, NULL::integer AS host_room, NULL AS behind,
         row_number() OVER (ORDER BY due_at) AS turn
    FROM due
), of_accounts AS (
  SELECT account_id, coalesce(max(account_room), ${roomOfAccount('account_id')}) AS room
    FROM candidates GROUP BY account_id
), of_hosts AS (
  SELECT host, coalesce(max(host_room), ${roomOfHost('host')}) AS room FROM candidates GROUP BY host
), in_account AS (
  SELECT c.*, h.room AS room_of_host,
         h.room > 0
         AND row_number() OVER (PARTITION BY c.account_id, h.room > 0 ORDER BY c.due_at, c.id) <= a.room AS fits
    FROM candidates c
    JOIN of_accounts a USING (account_id)
    JOIN of_hosts h USING (host)
), ranked AS (
  SELECT id, behind, turn,
         fits AND row_number() OVER (PARTITION BY host, fits ORDER BY due_at, id) <= room_of_host AS now,
         fits OR room_of_host <= 0 AS waits_for_host
    FROM in_account
), set_aside AS (
  UPDATE synchronizations s
     SET held = NOT ranked.waits_for_host, held_by_host = ranked.waits_for_host
    FROM ranked
   WHERE s.id = ranked.id AND NOT ranked.now
     AND (ranked.behind IS NULL OR (ranked.behind = 'account' AND ranked.waits_for_host))
  RETURNING s.id
), chosen AS (
  SELECT id FROM ranked WHERE now ORDER BY turn, random() LIMIT $1
), claimed AS (
  UPDATE synchronizations s
     SET state = 'queued',
         held = false,
         held_by_host = false,
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
}
