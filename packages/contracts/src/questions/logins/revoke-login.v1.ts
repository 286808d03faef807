import { z } from 'zod';
import { loginOwner } from './parts.js';

/** Asked by the api, answered by any importer (request/reply). */
export const revokeLoginV1Pattern = 'ask.login.revoke.v1';

export const revokeLoginV1RequestSchema = z
  .object({ ...loginOwner, id: z.uuid().describe('The login.') })
  .describe('End this login and all its sessions.');

export type RevokeLoginV1Request = z.infer<typeof revokeLoginV1RequestSchema>;

export const revokeLoginV1ReplySchema = z.object({
  wasThere: z.boolean().describe('False when the account has no such login.'),
});

export type RevokeLoginV1Reply = z.infer<typeof revokeLoginV1ReplySchema>;
