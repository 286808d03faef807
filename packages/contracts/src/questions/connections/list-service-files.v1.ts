import { z } from 'zod';
import { failureSchema } from '../../errors/failure.js';
import { connectionReference } from './parts.js';

/** Asked by the api, answered by any fetcher (request/reply). Changes nothing. */
export const listServiceFilesV1Pattern = 'ask.connection.files.v1';

export const serviceFileFilters = ['csv', 'xls', 'gpx', 'kml', 'zip', 'json', 'all'] as const;

export const listServiceFilesV1RequestSchema = z
  .object({
    ...connectionReference,
    filters: z
      .array(z.enum(serviceFileFilters))
      .min(1)
      .describe('Kinds of files, by the names CARTO has for them.'),
    query: z.string().max(200).nullable().describe('Words that the name must have.'),
    page: z.string().max(4_096).nullable().describe('Where an earlier answer ended; `null` begins.'),
  })
  .describe("Which of the customer's files at the service can be synchronized?");

export type ListServiceFilesV1Request = z.infer<typeof listServiceFilesV1RequestSchema>;

const serviceFileSchema = z.object({
  id: z.string().describe("The service's id of the file, the `service_item_id` of a synchronization."),
  name: z.string().describe('The name of the file.'),
  bytes: z.int().nonnegative().nullable().describe('Its length; `null` when the service does not say.'),
  revision: z.string().nullable().describe("The service's word for its version."),
  modifiedAt: z.iso.datetime({ offset: true }).nullable().describe('When it was changed.'),
});

export type ServiceFile = z.infer<typeof serviceFileSchema>;

export const listServiceFilesV1ReplySchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('listed').describe('One page of files.'),
    files: z.array(serviceFileSchema).describe('Newest first where the service can sort them.'),
    nextPage: z.string().nullable().describe('Ask with it for more; `null` at the end.'),
  }),
  z.object({
    outcome: z.literal('failed').describe('The service could not be asked.'),
    failure: failureSchema,
  }),
]);

export type ListServiceFilesV1Reply = z.infer<typeof listServiceFilesV1ReplySchema>;
