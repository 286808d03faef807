import { z } from 'zod';
import { issuedLogin, loginOwner } from './parts.js';

/** Asked by the api, once, answered by any importer (request/reply). */
export const rotateLoginV1Pattern = 'ask.login.rotate.v1';

export const rotateLoginV1RequestSchema = z
  .object({ ...loginOwner, id: z.uuid().describe('The login.') })
  .describe('Give this login a new password, and end the sessions that were opened with the old one.');

export type RotateLoginV1Request = z.infer<typeof rotateLoginV1RequestSchema>;

export const rotateLoginV1ReplySchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('rotated').describe('The old password opens nothing.'), ...issuedLogin }),
  z.object({ outcome: z.literal('unknown').describe('The account has no such login.') }),
]);

export type RotateLoginV1Reply = z.infer<typeof rotateLoginV1ReplySchema>;
