import { z } from 'zod';
import { failureSchema } from '../../errors/failure.js';
import { storageServices } from '../../sources/source.js';

/** Asked by the api once, answered by any fetcher (request/reply): an authorization code is good for one use. */
export const completeConnectionV1Pattern = 'ask.connection.complete.v1';

export const completeConnectionV1RequestSchema = z
  .object({
    service: z.enum(storageServices).describe('The service that sent the customer back.'),
    state: z.string().describe('Names the authorization.'),
    binding: z.string().nullable().describe('The browser that comes back, by the hash of its cookie.'),
    accountId: z
      .uuid()
      .nullable()
      .optional()
      .describe('The account that the asker acts for with its key. It or the browser must be the right one.'),
    code: z
      .string()
      .nullable()
      .describe('What tokens are given for; `null` when the customer did not agree.'),
  })
  .describe('The customer came back from the service.');

export type CompleteConnectionV1Request = z.infer<typeof completeConnectionV1RequestSchema>;

export const completeConnectionV1ReplySchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('connected').describe('The connection stands.'),
    accountId: z.uuid().describe('The account that is connected now.'),
    username: z.string().describe("The account's name, to be shown."),
    accountName: z.string().nullable().describe("The customer's name at the service."),
  }),
  z.object({
    outcome: z
      .literal('unknown')
      .describe('No such authorization, of this service and this browser, waits to be completed.'),
  }),
  z.object({ outcome: z.literal('declined').describe('The customer did not agree.') }),
  z.object({ outcome: z.literal('failed').describe('The service gave no tokens.'), failure: failureSchema }),
]);

export type CompleteConnectionV1Reply = z.infer<typeof completeConnectionV1ReplySchema>;
