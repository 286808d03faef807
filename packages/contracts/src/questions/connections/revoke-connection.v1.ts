import { z } from 'zod';
import { connectionReference } from './parts.js';

/** Asked by the api, answered by any fetcher (request/reply). May be asked again: the second finds nothing left. */
export const revokeConnectionV1Pattern = 'ask.connection.revoke.v1';

export const revokeConnectionV1RequestSchema = z
  .object(connectionReference)
  .describe('End the connection: the service is told, and the tokens are removed whatever it says.');

export type RevokeConnectionV1Request = z.infer<typeof revokeConnectionV1RequestSchema>;

export const revokeConnectionV1ReplySchema = z.object({
  wasThere: z.boolean().describe('Whether there was a connection to end.'),
  serviceTold: z
    .boolean()
    .describe('False when the service could not be told: its own list of connected apps may still show us.'),
});

export type RevokeConnectionV1Reply = z.infer<typeof revokeConnectionV1ReplySchema>;
