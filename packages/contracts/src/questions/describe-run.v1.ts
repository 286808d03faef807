import { z } from 'zod';
import {
  destinationSchema,
  importOptionsSchema,
  runReference,
  sourceVersionSchema,
} from '../events/parts.js';
import { sourceSchema } from '../sources/source.js';

/** Asked by the fetcher, answered by any scheduler (request/reply). */
export const describeRunV1Pattern = 'ask.run.describe.v1';

export const describeRunV1RequestSchema = z
  .object({ runId: runReference.runId })
  .describe(
    'What is to be fetched for this run? Kept out of the events because a URL may carry a secret in its query.',
  );

export type DescribeRunV1Request = z.infer<typeof describeRunV1RequestSchema>;

const runDescriptionSchema = z.object({
  open: z.literal(true).describe('The run may be worked on.'),
  ...runReference,
  accountId: z.uuid().optional().describe('Whose table it is; those who watch it hear of the progress.'),
  source: sourceSchema,
  previous: sourceVersionSchema
    .nullable()
    .describe(
      'The version that the table holds, when an unchanged source may be left alone; `null` forces an import.',
    ),
  askedBy: z
    .enum(['schedule', 'hand'])
    .optional()
    .describe('Who wanted this run. Somebody who asks by hand has a reason: then no source is believed.'),
  destination: destinationSchema,
  options: importOptionsSchema,
});

export type RunDescription = z.infer<typeof runDescriptionSchema>;

export const describeRunV1ReplySchema = z.discriminatedUnion('open', [
  runDescriptionSchema,
  z.object({
    open: z
      .literal(false)
      .describe('The run has ended or its synchronization was deleted: the worker drops it silently.'),
  }),
]);

export type DescribeRunV1Reply = z.infer<typeof describeRunV1ReplySchema>;
