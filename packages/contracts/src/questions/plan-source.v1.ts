import { z } from 'zod';
import { importOptionsSchema } from '../events/parts.js';
import { basicAuthSchema, requestHeadersSchema } from '../sources/request-credentials.js';
import { sourceSchema } from '../sources/source.js';
import { busyOutcome, notPlannedOutcome, plannedOutcome } from './plan-parts.js';

/** Asked by the api, answered by any fetcher (request/reply). Nothing is kept of it. */
export const planSourceV1Pattern = 'ask.source.plan.v1';

export const planSourceV1RequestSchema = z
  .object({
    planId: z.uuid().describe('The plan, by which it is cancelled.'),
    accountId: z.uuid().describe('Whose plan it is.'),
    source: sourceSchema,
    headers: requestHeadersSchema.nullable().describe('What requests for the URL carry, this time only.'),
    basicAuth: basicAuthSchema.nullable().describe('As `headers`.'),
    options: importOptionsSchema,
    timeoutMs: z.int().positive().describe('How long it may take in all, in milliseconds.'),
    synchronizationId: z
      .uuid()
      .nullable()
      .describe("The account's synchronization whose table it is compared with; `null` compares with none."),
  })
  .describe(
    'What would this source become? It is fetched and read as by a run, and no table, no run and no synchronization comes of it.',
  );

export type PlanSourceV1Request = z.infer<typeof planSourceV1RequestSchema>;

export const planSourceV1ReplySchema = z.discriminatedUnion('outcome', [
  plannedOutcome,
  notPlannedOutcome,
  busyOutcome,
  z.object({ outcome: z.literal('timed-out').describe('Fetching and reading took too long.') }),
  z.object({ outcome: z.literal('cancelled').describe('Nobody wants to know any more.') }),
  z.object({ outcome: z.literal('importers-away').describe('No importer answers.') }),
  z.object({
    outcome: z.literal('over-http').describe('This installation sends nothing secret over plain http.'),
  }),
  z.object({
    outcome: z
      .literal('two-authorizations')
      .describe('There are both a header `Authorization` and a user name.'),
  }),
]);

export type PlanSourceV1Reply = z.infer<typeof planSourceV1ReplySchema>;
