import { z } from 'zod';
import { connectionReference } from './parts.js';

/** Asked by the api, answered by any fetcher (request/reply). Each asking begins another authorization. */
export const beginConnectionV1Pattern = 'ask.connection.begin.v1';

export const beginConnectionV1RequestSchema = z
  .object({ ...connectionReference, username: z.string().describe("The account's name, to be shown.") })
  .describe('Begin connecting this account to a service.');

export type BeginConnectionV1Request = z.infer<typeof beginConnectionV1RequestSchema>;

export const beginConnectionV1ReplySchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('begun').describe('The customer may be sent on.'),
    state: z.string().describe('Names the authorization; good for ten minutes and for one use.'),
  }),
  z.object({
    outcome: z.literal('not-configured').describe('The operator has not registered a client at the service.'),
  }),
]);

export type BeginConnectionV1Reply = z.infer<typeof beginConnectionV1ReplySchema>;
