import { z } from 'zod';
import { connectionReference, connectionStateSchema } from './parts.js';

/** Asked by the api, answered by any fetcher (request/reply). */
export const checkConnectionV1Pattern = 'ask.connection.check.v1';

export const checkConnectionV1RequestSchema = z
  .object(connectionReference)
  .describe('Does the connection hold? Tokens that are about to end are renewed for the answer.');

export type CheckConnectionV1Request = z.infer<typeof checkConnectionV1RequestSchema>;

export const checkConnectionV1ReplySchema = z.object({ state: connectionStateSchema });

export type CheckConnectionV1Reply = z.infer<typeof checkConnectionV1ReplySchema>;
