import type { EntityManager } from 'typeorm';
import type { RunDecision } from './decide-run.js';
import type { LockedRun } from './lock-runs.js';
import { webhookEventsOf } from './webhook-events.js';

/** Those of the accounts that have a webhook which is told anything. Found by the index `webhooks_active`. */
const findTold = `SELECT DISTINCT account_id AS "accountId" FROM webhooks WHERE active AND account_id = ANY($1::uuid[])`;

/**
 * One row for each event and each webhook that wants it. What is there already, because it was told before, is left as it
 * is. A webhook's row is not changed and its key is not taken away while it is active, so nobody waits for anybody.
 */
const insertDeliveries = `
INSERT INTO webhook_deliveries (webhook_id, event_type, event_key, source, subject, payload)
SELECT w.id, e.type, e.key, e.source, e.subject, e.data
  FROM jsonb_to_recordset($1)
       AS e ("accountId" uuid, type text, key text, source text, subject text, data jsonb)
  JOIN webhooks w ON w.account_id = e."accountId" AND w.active AND e.type = ANY(w.event_types)
ON CONFLICT ON CONSTRAINT webhook_deliveries_event_unique DO NOTHING`;

/**
 * Has the webhooks of the accounts told of what was decided, in the transaction that records it. One look at an index where
 * no account has a webhook, one statement more where some have.
 */
export async function tellWebhooks(
  manager: EntityManager,
  decisions: readonly { locked: LockedRun; decision: RunDecision }[],
): Promise<void> {
  const ended = decisions.filter(({ decision }) => decision.run.outcome !== undefined);
  if (ended.length === 0) return;
  const accountIds = [...new Set(ended.map(({ locked }) => locked.synchronization.accountId))];
  const told = await manager.query<{ accountId: string }[]>(findTold, [accountIds]);
  if (told.length === 0) return;
  const toldIds = new Set(told.map(({ accountId }) => accountId));
  const events = ended
    .filter(({ locked }) => toldIds.has(locked.synchronization.accountId))
    .flatMap(({ locked, decision }) => webhookEventsOf(locked, decision));
  if (events.length > 0) await manager.query(insertDeliveries, [JSON.stringify(events)]);
}
