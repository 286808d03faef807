import { z } from 'zod';
import { loginOwner, loginPlaceSchema, loginSchema } from './parts.js';

/** Asked by the api, answered by any importer (request/reply). */
export const listLoginsV1Pattern = 'ask.login.list.v1';

export const listLoginsV1RequestSchema = z
  .object(loginOwner)
  .describe('Which logins does this account have to its schema?');

export type ListLoginsV1Request = z.infer<typeof listLoginsV1RequestSchema>;

export const listLoginsV1ReplySchema = z.object({
  logins: z.array(loginSchema).describe('In the order in which they were made.'),
  place: loginPlaceSchema,
});

export type ListLoginsV1Reply = z.infer<typeof listLoginsV1ReplySchema>;
