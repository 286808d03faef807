import type { DataSource } from 'typeorm';
import type { DeliveryDecision } from './decide-delivery.js';

/** Which attempt of which delivery; a later attempt has a larger number. */
export interface AttemptReference {
  readonly id: string;
  readonly webhookId: string;
  readonly attempts: number;
}

/** Only the latest attempt says anything: one that was taken for lost changes nothing when it comes back. */
const update = `
UPDATE webhook_deliveries
   SET state = $3,
       last_status = $4,
       last_code = $5,
       next_attempt_at = CASE WHEN $3 = 'pending'
         THEN least(clock_timestamp() + make_interval(secs => $6), greatest(series_began_at + interval '1 day', clock_timestamp() + interval '1 second')) END,
       ended_at = CASE WHEN $3 = 'pending' THEN NULL ELSE clock_timestamp() END
 WHERE id = $1 AND attempts = $2 AND state = 'pending'
RETURNING series_began_at`;

/**
 * A webhook is given up as undelivered when nothing else got through since the first attempt of what did not, and
 * nobody has enabled it since then: one message that its server can't bear is not the end of all others.
 */
const disable = `
UPDATE webhooks w
   SET disabled_at = clock_timestamp(), disabled_reason = $2
 WHERE w.id = $1 AND w.active
   AND ($2 = 'gone'
        OR (w.enabled_at < $3
            AND NOT EXISTS (SELECT FROM webhook_deliveries d
                             WHERE d.webhook_id = w.id AND d.state = 'delivered' AND d.ended_at > $3)))`;

/**
 * Records how an attempt went, and that the webhook is given up where that is what it means, in one transaction. Returns
 * whether the webhook was disabled.
 */
export async function recordDelivery(
  database: DataSource,
  { id, webhookId, attempts }: AttemptReference,
  decision: DeliveryDecision,
): Promise<boolean> {
  const { state, status } = decision;
  const code = state === 'delivered' ? null : decision.code;
  const pauseSeconds = state === 'pending' ? decision.pauseSeconds : null;
  return database.transaction(async (manager) => {
    const [rows] = await manager.query<[{ series_began_at: Date }[], number]>(update, [
      ...[id, attempts, state, status, code, pauseSeconds],
    ]);
    const [recorded] = rows;
    if (recorded === undefined || state !== 'failed') return false;
    const [, disabled] = await manager.query<[unknown, number]>(disable, [
      ...[webhookId, decision.disables, recorded.series_began_at],
    ]);
    return disabled > 0;
  });
}

/** Ends a delivery that its webhook did not want any more when it was due. */
export async function dropDelivery(database: DataSource, { id, attempts }: AttemptReference): Promise<void> {
  await database.query(
    `UPDATE webhook_deliveries
        SET state = 'dropped', last_status = NULL, last_code = 'webhook-disabled', next_attempt_at = NULL,
            ended_at = clock_timestamp(), attempts = attempts - 1
      WHERE id = $1 AND attempts = $2 AND state = 'pending'`,
    [id, attempts],
  );
}
