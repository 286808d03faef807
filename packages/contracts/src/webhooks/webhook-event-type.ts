/** What a webhook can be told, as the `type` of a CloudEvent. A type never changes its meaning. */
export const webhookEventTypes = [
  /** A run ended and the table was made or replaced. */
  'tidetable.run.succeeded.v1',
  /** A run ended with a reason; the table is as it was. */
  'tidetable.run.failed.v1',
  /** There will be no further run until somebody changes something or asks for one. */
  'tidetable.synchronization.stopped.v1',
  /** Files in a storage service can't be read until its owner connects again. */
  'tidetable.connection.needs-reconnecting.v1',
  /** A refresh added, removed or retyped columns of a table that was there before. */
  'tidetable.table.schema-changed.v1',
] as const;

export type WebhookEventType = (typeof webhookEventTypes)[number];

/** What is delivered when somebody asks for a try; nobody subscribes to it. */
export const webhookTestType = 'tidetable.webhook.test.v1';
