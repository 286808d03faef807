import { z } from 'zod';
import { basicAuthSchema, requestHeadersSchema } from '../sources/request-credentials.js';

/** Asked by the api, answered by any fetcher (request/reply). Saying the same again changes nothing. */
export const keepCredentialsV1Pattern = 'ask.credentials.keep.v1';

const change = 'Absent, it stays as it is; `null` removes it.';

export const keepCredentialsV1RequestSchema = z
  .object({
    synchronizationId: z.uuid().describe('Whose requests carry them.'),
    accountId: z.uuid().describe('The account of the synchronization.'),
    origin: z
      .string()
      .max(300)
      .regex(/^https?:\/\/[^/?#@\s]+$/)
      .describe(
        'Scheme, host and port that alone see them. When it is another one than before, all before is gone.',
      ),
    headers: requestHeadersSchema.nullable().optional().describe(`Headers. ${change}`),
    basicAuth: basicAuthSchema.nullable().optional().describe(`User name and password. ${change}`),
  })
  .describe(
    'Keep, change or forget what the requests of a synchronization carry beside its URL. Fetchers store it encrypted and give it to no other service.',
  );

export type KeepCredentialsV1Request = z.infer<typeof keepCredentialsV1RequestSchema>;

export const keepCredentialsV1ReplySchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('kept').describe('It is stored.'),
    headerNames: z.array(z.string()).describe('The names of all headers that are kept now.'),
    hasBasicAuth: z.boolean().describe('Whether a user name and a password are kept now.'),
  }),
  z.object({
    outcome: z
      .literal('two-authorizations')
      .describe('There would be both a header `Authorization` and a user name; nothing has changed.'),
  }),
  z.object({
    outcome: z.literal('over-http').describe('This installation sends nothing secret over plain http.'),
  }),
  z.object({
    outcome: z
      .literal('not-configured')
      .describe('The operator of this installation has named no database to keep it in.'),
  }),
]);

export type KeepCredentialsV1Reply = z.infer<typeof keepCredentialsV1ReplySchema>;
