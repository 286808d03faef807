import { z } from 'zod';
import { deliveryProblemCodes } from '../webhooks/delivery-problem.js';

/** Asked by a scheduler, answered by any fetcher (request/reply). Asked once: each question is one attempt. */
export const deliverWebhookV1Pattern = 'ask.webhook.deliver.v1';

/** The longest body of a delivery, in bytes: a question has to fit into one message of the bus. */
export const webhookBodyBytesMax = 262_144;

export const deliverWebhookV1RequestSchema = z
  .object({
    url: z
      .string()
      .min(1)
      .describe('Where to; its query may hold a secret, so it is in no log and no answer.'),
    headers: z.record(z.string(), z.string()).describe('By name, with the signature of the body.'),
    body: z.string().max(webhookBodyBytesMax).describe('Exactly what is signed.'),
    timeoutMs: z.int().positive().describe('How long the attempt may take as a whole, in milliseconds.'),
  })
  .describe('Send this once, to a public address, following no redirect.');

export type DeliverWebhookV1Request = z.infer<typeof deliverWebhookV1RequestSchema>;

export const deliverWebhookV1ReplySchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('answered').describe('The server has answered.'),
    status: z.int().describe('With this status.'),
    retryAfterSeconds: z
      .int()
      .nonnegative()
      .optional()
      .describe('For how long it wants to be left alone, with 429 and 503.'),
  }),
  z.object({
    outcome: z.literal('failed').describe('There was no answer, or none was asked for.'),
    code: z.enum(deliveryProblemCodes).describe('Why.'),
  }),
]);

export type DeliverWebhookV1Reply = z.infer<typeof deliverWebhookV1ReplySchema>;
