import { deliveryProblemCodes, webhookEventTypes, webhookTestType } from '@tidetable/contracts';
import { z } from 'zod';

const time = z.iso.datetime().meta({ description: 'A time in UTC, RFC 3339 to the millisecond.' });

/** A webhook, as version 2 shows it. Its secret is shown once, when it is made. */
export const webhookSchema = z
  .object({
    id: z.uuid(),
    url: z.string().meta({ description: 'Where events are sent to.' }),
    events: z.array(z.enum(webhookEventTypes)).meta({ description: 'What it is told.' }),
    description: z.string().nullable().meta({ description: 'What the customer says about it.' }),
    enabled: z.boolean().meta({ description: 'Whether anything is sent to it.' }),
    disabled: z
      .object({
        reason: z.enum(['by-request', 'gone', 'undelivered']).meta({
          description:
            '`by-request`: somebody disabled it. `gone`: its server answered 410. `undelivered`: nothing got through for a day.',
        }),
        at: time.nullable().meta({ description: 'When; `null` when it was by request.' }),
        sentence: z.string().meta({ description: 'The reason, for people.' }),
      })
      .nullable()
      .meta({ description: 'Why it is disabled; `null` while it is enabled.' }),
    previous_secret_until: time.nullable().meta({
      description: 'Until then events are signed with the secret before as well; `null` when they are not.',
    }),
    created_at: time,
    updated_at: time.meta({ description: 'When somebody last changed it.' }),
  })
  .meta({ id: 'Webhook', description: 'An address that is told what happens.' });

const secret = z.string().meta({
  description: 'What events are signed with; shown this once and never again.',
});

export const newWebhookSchema = webhookSchema
  .extend({ secret })
  .meta({ id: 'NewWebhook', description: 'A webhook that was made just now, with its secret.' });

export const rotatedSecretSchema = z
  .object({ secret, previous_secret_until: webhookSchema.shape.previous_secret_until })
  .meta({ id: 'RotatedSecret', description: 'The new secret of a webhook.' });

/** An event on its way to a webhook. */
export const deliverySchema = z
  .object({
    id: z.uuid().meta({ description: 'The `webhook-id` of each attempt, and the `id` of the event.' }),
    event: z.enum([...webhookEventTypes, webhookTestType]).meta({ description: 'The type of the event.' }),
    state: z.enum(['pending', 'delivered', 'failed', 'dropped']).meta({
      description:
        '`pending`: it is tried until it is taken, a day at most. `failed`: it was given up. `dropped`: the webhook was disabled when it was due.',
    }),
    attempts: z.int().nonnegative().meta({ description: 'How often it was tried.' }),
    created_at: time.meta({ description: 'When it happened.' }),
    attempted_at: time.nullable().meta({ description: 'When it was last tried.' }),
    next_attempt_at: time.nullable().meta({ description: 'When it is tried next; `null` when it is not.' }),
    ended_at: time.nullable().meta({ description: 'When it was delivered, given up or dropped.' }),
    last_status: z.int().nullable().meta({ description: 'What the server answered last, if it did.' }),
    problem: z
      .object({
        code: z.enum(deliveryProblemCodes),
        title: z.string(),
        sentence: z.string().meta({ description: 'What happened.' }),
        remedy: z.string().meta({ description: 'What to do next.' }),
      })
      .nullable()
      .meta({ description: 'Why the last attempt did not succeed; `null` when it did, or there was none.' }),
  })
  .meta({ id: 'WebhookDelivery', description: 'An event on its way to a webhook.' });

export const deliveryWithDataSchema = deliverySchema
  .extend({
    data: z.record(z.string(), z.unknown()).meta({ description: 'The `data` of the event.' }),
  })
  .meta({
    id: 'WebhookDeliveryWithData',
    description: 'An event on its way to a webhook, with what it says.',
  });

export type WebhookBody = z.infer<typeof webhookSchema>;
export type DeliveryBody = z.infer<typeof deliverySchema>;
