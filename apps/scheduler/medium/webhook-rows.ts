import { webhookEventTypes } from '@tidetable/contracts';
import type { Metadata } from './fixture.js';

/** A secret of 32 bytes, all of them the same. */
export const secretOf = (byte: number): string => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;

/** Adds a webhook of an account that wants everything, unless told otherwise; returns its id. */
export async function insertWebhook(
  metadata: Metadata,
  accountId: string,
  columns: Record<string, unknown> = {},
): Promise<string> {
  const all = {
    account_id: accountId,
    url: 'https://hooks.example.org/tables?token=hidden',
    event_types: webhookEventTypes,
    secret: secretOf(1),
    ...columns,
  };
  const names = Object.keys(all);
  const { id } = await metadata.row<{ id: string }>(
    `INSERT INTO webhooks (${names.join(', ')}) VALUES (${names.map((_, at) => `$${at + 1}`).join(', ')}) RETURNING id`,
    Object.values(all),
  );
  return id;
}

/** A row of webhook_deliveries. */
export interface DeliveryRow {
  id: string;
  webhook_id: string;
  event_type: string;
  source: string;
  subject: string;
  payload: Record<string, unknown>;
  state: string;
  attempts: number;
  next_attempt_at: Date | null;
  ended_at: Date | null;
  last_status: number | null;
  last_code: string | null;
}

/** All deliveries, the oldest first. */
export function deliveries(metadata: Metadata, webhookId?: string): Promise<DeliveryRow[]> {
  return metadata.rows<DeliveryRow>(
    `SELECT * FROM webhook_deliveries WHERE $1::uuid IS NULL OR webhook_id = $1 ORDER BY created_at, event_type`,
    [webhookId ?? null],
  );
}

/** Adds something to deliver; returns its id. */
export async function insertDelivery(
  metadata: Metadata,
  webhookId: string,
  columns: Record<string, unknown> = {},
): Promise<string> {
  const all = {
    webhook_id: webhookId,
    event_type: 'tidetable.run.failed.v1',
    event_key: String(Math.random()),
    source: '/api/v2/synchronizations/1',
    subject: '2',
    payload: { table: 'häfen' },
    ...columns,
  };
  const names = Object.keys(all);
  const { id } = await metadata.row<{ id: string }>(
    `INSERT INTO webhook_deliveries (${names.join(', ')})
     VALUES (${names.map((_, at) => `$${at + 1}`).join(', ')}) RETURNING id`,
    Object.values(all),
  );
  return id;
}
