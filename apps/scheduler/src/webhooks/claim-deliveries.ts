import type { DataSource } from 'typeorm';
import type { DeliveredEvent } from './write-message.js';

/**
 * $1 deliveries at most, $2 of one webhook at most, $3 and $4 webhooks and how many of each are under way here, $5 the lease in seconds, $6 the type of
 * tries.
 *
 * Webhooks that have anything to deliver are told one after the other by the index `webhook_deliveries_due`, and some of what is due is
 * taken of each, so that it costs nothing how much waits for a webhook that is slow, and nobody waits behind it. What
 * others hold is left to them. Claiming moves the next attempt behind the lease: whoever claims and dies has tried once,
 * as far as anybody knows, and it is tried again.
 *
 * A delivery that had ended, and is asked for again, begins a series of attempts anew.
 */
const claim = `
WITH RECURSIVE waiting AS (
  (SELECT webhook_id FROM webhook_deliveries WHERE due_at IS NOT NULL ORDER BY webhook_id LIMIT 1)
  UNION ALL
  SELECT (SELECT d.webhook_id FROM webhook_deliveries d
           WHERE d.due_at IS NOT NULL AND d.webhook_id > w.webhook_id
           ORDER BY d.webhook_id LIMIT 1)
    FROM waiting w
   WHERE w.webhook_id IS NOT NULL
), due AS MATERIALIZED (
  SELECT d.id, d.due_at
    FROM waiting w
    LEFT JOIN unnest($3::uuid[], $4::integer[]) AS busy (webhook_id, attempts) ON busy.webhook_id = w.webhook_id
   CROSS JOIN LATERAL (
     SELECT id, due_at
       FROM webhook_deliveries
      WHERE webhook_id = w.webhook_id AND due_at <= statement_timestamp()
      ORDER BY due_at
      LIMIT greatest($2 - coalesce(busy.attempts, 0), 0)
        FOR UPDATE SKIP LOCKED) AS d
   ORDER BY d.due_at
   LIMIT $1
)
UPDATE webhook_deliveries d
   SET state = 'pending',
       ended_at = NULL,
       attempts = d.attempts + 1,
       attempted_at = clock_timestamp(),
       series_began_at = CASE WHEN d.state = 'pending' THEN coalesce(d.series_began_at, clock_timestamp())
                              ELSE clock_timestamp() END,
       next_attempt_at = clock_timestamp() + make_interval(secs => $5)
  FROM due, webhooks w, accounts a
 WHERE d.id = due.id AND w.id = d.webhook_id AND a.id = w.account_id
RETURNING d.id, d.webhook_id AS "webhookId", d.event_type AS "eventType", d.source, d.subject, d.payload,
          d.created_at AS "createdAt", d.attempts,
          extract(epoch FROM d.attempted_at - d.series_began_at)::float8 AS "triedSeconds",
          w.url,
          a.state = 'active' AND (w.active OR (d.event_type = $6 AND w.deleted_at IS NULL)) AS "isWanted",
          array_remove(ARRAY[w.secret, CASE WHEN w.previous_secret_until > statement_timestamp()
                                            THEN w.previous_secret END], NULL) AS secrets`;

/** A delivery that is this scheduler's to try, until its lease is over. */
export interface ClaimedDelivery extends DeliveredEvent {
  readonly webhookId: string;
  readonly url: string;
  /** Counts this attempt. */
  readonly attempts: number;
  /** How long ago the first attempt of the series was. */
  readonly triedSeconds: number;
  /** Whether its webhook takes it: it is enabled, or this is a try. */
  readonly isWanted: boolean;
  /** What it is signed with. */
  readonly secrets: readonly string[];
}

/** How much is claimed. */
export interface DeliveryLimits {
  readonly batch: number;
  /** Of one webhook, with those under way. */
  readonly perWebhookMax: number;
  readonly leaseSeconds: number;
}

/** Claims due deliveries, none that another scheduler holds, and of no webhook more than may be under way. */
export async function claimDeliveries(
  database: DataSource,
  { batch, perWebhookMax, leaseSeconds }: DeliveryLimits,
  underWay: ReadonlyMap<string, number>,
  testType: string,
): Promise<ClaimedDelivery[]> {
  const [rows] = await database.query<[ClaimedDelivery[], number]>(claim, [
    ...[batch, perWebhookMax, [...underWay.keys()], [...underWay.values()], leaseSeconds, testType],
  ]);
  return rows;
}
