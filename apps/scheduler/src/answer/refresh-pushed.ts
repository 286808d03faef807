import type { RefreshPushedV1Request } from '@tidetable/contracts';
import { synchronizationDueChannel } from '@tidetable/metadata-db';
import type { DataSource } from 'typeorm';
import { pushGapSeconds } from '../push-gap.js';

/**
 * $1 service, $2 accounts, $3 items or null, $4 gap in seconds, $5 channel.
 * At rest the next run comes as soon as the last one is long enough ago, also when the schedule has stopped: the change may
 * be what it waited for. What is due by then anyway stays as it is, so that many notifications are one run. While a run
 * is open only the time is noted; its end looks at that. Failures are counted as they were.
 */
const push = `
WITH soonest AS (
  SELECT id, greatest(clock_timestamp(), attempted_at + make_interval(secs => $4)) AS at
    FROM synchronizations
   WHERE service_name = $1 AND account_id = ANY($2::uuid[]) AND deleted_at IS NULL
     AND ($3::text[] IS NULL OR service_item_id = ANY($3::text[]))
   ORDER BY id
     FOR UPDATE
), pushed AS (
  UPDATE synchronizations s SET
    pushed_at = clock_timestamp(),
    run_at = CASE WHEN s.state NOT IN ('success', 'failure') THEN s.run_at
                  WHEN s.stopped THEN soonest.at
                  ELSE least(s.run_at, soonest.at) END,
    stopped = s.stopped AND s.state NOT IN ('success', 'failure')
  FROM soonest WHERE s.id = soonest.id
  RETURNING s.id
), told AS (
  SELECT pg_notify($5, '') FROM pushed LIMIT 1
)
SELECT count(*)::integer AS pushed FROM pushed WHERE (SELECT count(*) FROM told) >= 0`;

/** Has the synchronizations of what a service told of run soon. Returns how many it concerns. */
export async function refreshPushed(
  database: DataSource,
  { service, accountIds, itemIds }: RefreshPushedV1Request,
): Promise<number> {
  const [row] = await database.query<{ pushed: number }[]>(push, [
    ...[service, accountIds, itemIds, pushGapSeconds, synchronizationDueChannel],
  ]);
  return row?.pushed ?? 0;
}
