import { type WebhookEventType, webhookEventTypes } from '@tidetable/contracts';
import { z } from 'zod';
import { pageFields } from '../list-fields.js';

const urlCharactersMax = 2_048;
const descriptionCharactersMax = 200;
/** The longest time for which two secrets are good, in seconds. */
const overlapSecondsMax = 604_800;
const overlapSecondsDefault = 86_400;

const eventsError = `must be a list of some of ${webhookEventTypes.join(', ')}`;
const overlapError = `must be a whole number of seconds, from 0 to ${overlapSecondsMax}`;

const url = z
  .string({ error: 'must be a text' })
  .max(urlCharactersMax, { error: `must be at most ${urlCharactersMax} characters long` })
  .refine(isTarget, { error: 'must be an http or https address without a user name and a password' })
  .meta({
    description:
      'Where events are sent to, by POST: a public http or https address. What is in its query is kept as it is.',
    documentedAs: { type: 'string', format: 'uri', maxLength: urlCharactersMax },
  });

const events = z
  .array(z.enum(webhookEventTypes, { error: eventsError }), { error: eventsError })
  .min(1, { error: eventsError })
  .transform((types): WebhookEventType[] => [...new Set(types)].toSorted())
  .meta({
    description: 'What it is told.',
    documentedAs: { type: 'array', minItems: 1, items: { type: 'string', enum: [...webhookEventTypes] } },
  });

const description = z
  .string({ error: 'must be a text' })
  .max(descriptionCharactersMax, { error: `must be at most ${descriptionCharactersMax} characters long` })
  .refine((text) => !text.includes('\u0000'), { error: 'must not contain control characters' })
  .nullable()
  .meta({ description: 'What you want to say about it.' });

/** What a new webhook is made from. */
export const newWebhookFields = z.strictObject({
  url,
  events: events.default([...webhookEventTypes]),
  description: description.default(null),
});

/** What of a webhook can be changed. */
export const changedWebhookFields = z.strictObject({
  url: url.optional(),
  events: events.optional(),
  description: description.optional(),
  enabled: z
    .boolean({ error: 'must be true or false' })
    .optional()
    .meta({ description: '`true` also takes up again what was given up.' }),
});

/** How a secret is exchanged. */
export const rotateFields = z.strictObject({
  overlap_seconds: z
    .int({ error: overlapError })
    .min(0, { error: overlapError })
    .max(overlapSecondsMax, { error: overlapError })
    .default(overlapSecondsDefault)
    .meta({ description: 'For how long events are signed with the secret before as well.' }),
});

const deliveryStates = ['pending', 'delivered', 'failed', 'dropped'] as const;

/** Which deliveries a list shows. */
export const deliveriesFields = z.strictObject({
  state: z
    .enum(deliveryStates, { error: `must be one of ${deliveryStates.join(', ')}` })
    .optional()
    .meta({ description: 'Only those in this state.' }),
  ...pageFields,
});

export type NewWebhookFields = z.output<typeof newWebhookFields>;
export type ChangedWebhookFields = z.output<typeof changedWebhookFields>;
export type DeliveriesFields = z.output<typeof deliveriesFields>;

/** Who is behind the name, and whether it is public, is found out by whoever sends. */
function isTarget(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}
