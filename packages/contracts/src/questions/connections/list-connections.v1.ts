import { z } from 'zod';
import { storageServices } from '../../sources/source.js';
import { connectionReference, connectionStateSchema, pushStateSchema } from './parts.js';

/** Asked by the api, answered by any fetcher (request/reply). Changes nothing. */
export const listConnectionsV1Pattern = 'ask.connection.list.v1';

export const listConnectionsV1RequestSchema = z
  .object({ accountId: connectionReference.accountId })
  .describe('How do the connections of this account stand?');

export type ListConnectionsV1Request = z.infer<typeof listConnectionsV1RequestSchema>;

const connectionSchema = z.object({
  service: z.enum(storageServices).describe('The storage service.'),
  state: connectionStateSchema,
  accountName: z
    .string()
    .nullable()
    .describe("The customer's name at the service, such as an e-mail address."),
  connectedAt: z.iso.datetime({ offset: true }).nullable().describe('Since when the connection stands.'),
  push: pushStateSchema.optional(),
});

export type Connection = z.infer<typeof connectionSchema>;

export const listConnectionsV1ReplySchema = z.object({
  connections: z.array(connectionSchema).describe('One of each storage service.'),
});

export type ListConnectionsV1Reply = z.infer<typeof listConnectionsV1ReplySchema>;
