import type { DeliveryBody, WebhookBody } from './webhook-schema.js';

/** The ids in examples of webhooks. */
export const exampleWebhookIds = {
  webhook: '2f6f1a52-8f0b-4b57-9d6c-0a4c2d8e7b05',
  delivery: '6f0a2f4e-3f0e-4a86-a4a9-6bdbe35a5c06',
} as const;

export const exampleWebhook: WebhookBody = {
  id: exampleWebhookIds.webhook,
  url: 'https://hooks.example.org/tidetable',
  events: ['tidetable.run.failed.v1', 'tidetable.synchronization.stopped.v1'],
  description: 'Tells the map team.',
  enabled: true,
  disabled: null,
  previous_secret_until: null,
  created_at: '2026-03-01T08:00:00.000Z',
  updated_at: '2026-03-01T08:00:00.000Z',
};

export const exampleDelivery: DeliveryBody = {
  id: exampleWebhookIds.delivery,
  event: 'tidetable.run.failed.v1',
  state: 'delivered',
  attempts: 2,
  created_at: '2026-03-01T09:00:00.000Z',
  attempted_at: '2026-03-01T09:00:06.000Z',
  next_attempt_at: null,
  ended_at: '2026-03-01T09:00:06.120Z',
  last_status: 204,
  problem: null,
};

export const examplePendingDelivery: DeliveryBody = {
  ...exampleDelivery,
  state: 'pending',
  next_attempt_at: '2026-03-01T09:30:00.000Z',
  ended_at: null,
};
