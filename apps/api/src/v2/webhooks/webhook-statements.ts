import type { Statement } from '../../database/metadata-database.js';
import { deliveryColumns, webhookColumns } from './webhook-row.js';

/** $1 account. Those of an account are few, and come in the order in which they were made. */
export const listWebhooks: Statement = {
  name: 'list-webhooks',
  text: `SELECT ${webhookColumns} FROM webhooks WHERE account_id = $1 AND deleted_at IS NULL ORDER BY created_at, id`,
};

/** $1 account, $2 webhook. */
export const findWebhook: Statement = {
  name: 'find-webhook',
  text: `SELECT ${webhookColumns} FROM webhooks WHERE account_id = $1 AND id = $2 AND deleted_at IS NULL`,
};

/** The same, and nobody else changes it until the end of the transaction. */
export const lockWebhook: Statement = {
  name: 'lock-webhook',
  text: `${findWebhook.text} FOR NO KEY UPDATE`,
};

/** $1 account. Two that make webhooks for one account take turns, so that there are never too many. */
export const lockWebhooksOfAccount: Statement = {
  name: 'lock-webhooks-of-account',
  text: `SELECT pg_advisory_xact_lock(7416, hashtext($1::text))`,
};

/** $1 account, $2 url, $3 types, $4 description, $5 secret, $6 how many there may be. */
export const insertWebhook: Statement = {
  name: 'insert-webhook',
  text: `INSERT INTO webhooks (account_id, url, event_types, description, secret)
         SELECT $1::uuid, $2, $3::text[], $4, $5
          WHERE (SELECT count(*) FROM webhooks WHERE account_id = $1 AND deleted_at IS NULL) < $6::integer
         RETURNING ${webhookColumns}`,
};

/**
 * $1 webhook, $2 url, $3 types, $4 whether there is a description, $5 it, $6 whether it is enabled; null keeps what is. The
 * clock is read after the row was locked: who enables comes after what disabled it.
 */
export const updateWebhook: Statement = {
  name: 'update-webhook',
  text: `UPDATE webhooks
            SET url = coalesce($2, url),
                event_types = coalesce($3::text[], event_types),
                description = CASE WHEN $4::boolean THEN $5 ELSE description END,
                enabled = coalesce($6::boolean, enabled),
                enabled_at = CASE WHEN $6::boolean AND NOT active THEN clock_timestamp() ELSE enabled_at END,
                updated_at = clock_timestamp()
          WHERE id = $1
         RETURNING ${webhookColumns}`,
};

/** $1 webhook. Nothing of it is sent from then on; the rows go later. */
export const deleteWebhook: Statement = {
  name: 'delete-webhook',
  text: `UPDATE webhooks SET deleted_at = clock_timestamp(), previous_secret = NULL, previous_secret_until = NULL
          WHERE id = $1`,
};

/** $1 account, $2 webhook, $3 secret, $4 for how many seconds the one before is good as well. */
export const rotateSecret: Statement = {
  name: 'rotate-webhook-secret',
  text: `UPDATE webhooks
            SET secret = $3,
                previous_secret = CASE WHEN $4::integer > 0 THEN secret END,
                previous_secret_until = CASE WHEN $4::integer > 0
                  THEN clock_timestamp() + make_interval(secs => $4::integer) END,
                updated_at = clock_timestamp()
          WHERE account_id = $1 AND id = $2 AND deleted_at IS NULL
         RETURNING ${webhookColumns}`,
};

/** $1 account, $2 webhook, $3 type, $4 path, $5 data. */
export const insertTry: Statement = {
  name: 'insert-webhook-try',
  text: `INSERT INTO webhook_deliveries AS d (webhook_id, event_type, event_key, source, subject, payload)
         SELECT id, $3, gen_random_uuid()::text, $4, id::text, $5::jsonb
           FROM webhooks WHERE account_id = $1 AND id = $2 AND deleted_at IS NULL
         RETURNING ${deliveryColumns}`,
};

const states = `CASE WHEN d.due_at IS NOT NULL THEN 'pending' ELSE d.state END`;

/** $1 webhook, $2 state or null, $3 and $4 the row before the page or null, $5 how many. The latest first. */
export const listDeliveries: Statement = {
  name: 'list-webhook-deliveries',
  text: `SELECT ${deliveryColumns}, (extract(epoch FROM d.created_at) * 1000000)::bigint::text AS position
           FROM webhook_deliveries d
          WHERE d.webhook_id = $1
            AND ($2::text IS NULL OR ${states} = $2)
            AND ($3::text IS NULL
                 OR (d.created_at, d.id) < ('epoch'::timestamptz + $3::bigint * interval '1 microsecond', $4::uuid))
          ORDER BY d.created_at DESC, d.id DESC
          LIMIT $5`,
};

const ofAccount = `webhooks w WHERE w.id = d.webhook_id AND w.account_id = $1 AND w.deleted_at IS NULL
                   AND w.id = $2 AND d.id = $3`;

/** $1 account, $2 webhook, $3 delivery. */
export const findDelivery: Statement = {
  name: 'find-webhook-delivery',
  text: `SELECT ${deliveryColumns} FROM webhook_deliveries d, ${ofAccount}`,
};

/** $1 account, $2 webhook, $3 delivery. It is due from now on; who asks twice is answered once. */
export const redeliver: Statement = {
  name: 'redeliver-webhook-delivery',
  text: `UPDATE webhook_deliveries d SET redelivery_requested_at = clock_timestamp()
           FROM ${ofAccount}
         RETURNING ${deliveryColumns}`,
};
