import { type DeliveryProblemCode, deliveryProblems } from '@tidetable/contracts';
import type { DeliveryRow, WebhookRow } from './webhook-row.js';
import type { DeliveryBody, WebhookBody } from './webhook-schema.js';

const sentences: Record<NonNullable<WebhookBody['disabled']>['reason'], string> = {
  'by-request': 'It was disabled by request.',
  gone: 'It was disabled since its server answered 410 Gone.',
  undelivered: 'It was disabled since nothing got through to it for a day.',
};

/** A webhook as it is shown. What can be counted on is whether it is enabled; why it is not is for people. */
export function presentWebhook(row: WebhookRow): WebhookBody {
  const { previous_secret_until: until } = row;
  return {
    id: row.id,
    url: row.url,
    events: row.event_types,
    description: row.description,
    enabled: row.active,
    disabled: disabledOf(row),
    previous_secret_until: until !== null && until > row.now ? until.toISOString() : null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

function disabledOf({
  active,
  enabled,
  disabled_at: at,
  disabled_reason: why,
}: WebhookRow): WebhookBody['disabled'] {
  if (active) return null;
  const reason = enabled && why !== null ? why : 'by-request';
  const when = reason === 'by-request' ? null : (at?.toISOString() ?? null);
  return { reason, at: when, sentence: sentences[reason] };
}

/** A delivery as it is shown: `pending` from the moment on at which somebody asks for it again. */
export function presentDelivery(row: DeliveryRow): DeliveryBody {
  const isDue = row.due_at !== null;
  return {
    id: row.id,
    event: row.event_type,
    state: isDue ? 'pending' : row.state,
    attempts: row.attempts,
    created_at: row.created_at.toISOString(),
    attempted_at: row.attempted_at?.toISOString() ?? null,
    next_attempt_at: row.due_at?.toISOString() ?? null,
    ended_at: isDue ? null : (row.ended_at?.toISOString() ?? null),
    last_status: row.last_status,
    problem: row.last_code === null ? null : problemOf(row.last_code),
  };
}

function problemOf(code: DeliveryProblemCode): DeliveryBody['problem'] {
  const { title, sentence, remedy } = deliveryProblems[code];
  return { code, title, sentence, remedy };
}
