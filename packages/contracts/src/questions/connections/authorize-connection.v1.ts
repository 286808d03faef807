import { z } from 'zod';
import { storageServices } from '../../sources/source.js';

/** Asked by the api, answered by any fetcher (request/reply). */
export const authorizeConnectionV1Pattern = 'ask.connection.authorize.v1';

export const authorizeConnectionV1RequestSchema = z
  .object({
    state: z.string().describe('Names the authorization.'),
    binding: z
      .string()
      .nullable()
      .describe('The browser that agreed, by the hash of its cookie; `null` only looks.'),
  })
  .describe('What is about to be connected, and where is the customer to be sent to agree?');

export type AuthorizeConnectionV1Request = z.infer<typeof authorizeConnectionV1RequestSchema>;

export const authorizeConnectionV1ReplySchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('known').describe('The authorization waits for the customer.'),
    service: z.enum(storageServices).describe('The storage service.'),
    username: z.string().describe('The account that will be connected.'),
    authorizeUrl: z
      .string()
      .nullable()
      .describe("The service's own page of consent; `null` when only looked at."),
  }),
  z.object({ outcome: z.literal('unknown').describe('It was used, is too old, or never was.') }),
]);

export type AuthorizeConnectionV1Reply = z.infer<typeof authorizeConnectionV1ReplySchema>;
