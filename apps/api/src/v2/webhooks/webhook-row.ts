import type { DeliveryProblemCode, WebhookEventType } from '@tidetable/contracts';
import type { DeliveryBody } from './webhook-schema.js';

/** A webhook as it is read, with what time it is. */
export interface WebhookRow {
  readonly id: string;
  readonly url: string;
  readonly event_types: WebhookEventType[];
  readonly description: string | null;
  readonly enabled: boolean;
  readonly active: boolean;
  readonly disabled_at: Date | null;
  readonly disabled_reason: 'gone' | 'undelivered' | null;
  readonly previous_secret_until: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly now: Date;
}

export const webhookColumns = `id, url, event_types, description, enabled, active, disabled_at, disabled_reason,
  previous_secret_until, created_at, updated_at, statement_timestamp() AS now`;

/** A delivery as it is read. */
export interface DeliveryRow {
  readonly id: string;
  readonly event_type: DeliveryBody['event'];
  readonly state: DeliveryBody['state'];
  readonly attempts: number;
  readonly created_at: Date;
  readonly attempted_at: Date | null;
  readonly due_at: Date | null;
  readonly ended_at: Date | null;
  readonly last_status: number | null;
  readonly last_code: DeliveryProblemCode | null;
  readonly payload: Record<string, unknown>;
}

export const deliveryColumns = `d.id, d.event_type, d.state, d.attempts, d.created_at, d.attempted_at, d.due_at, d.ended_at,
  d.last_status, d.last_code, d.payload`;
