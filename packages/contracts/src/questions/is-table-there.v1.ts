import { z } from 'zod';

/** Asked by the fetcher before it ends a run as unchanged, answered by any importer (request/reply). */
export const isTableThereV1Pattern = 'ask.table.is-there.v1';

export const isTableThereV1RequestSchema = z
  .object({ synchronizationId: z.uuid().describe('The synchronization whose table is meant.') })
  .describe(
    'Is the table still there that this synchronization filled? Only the destination database knows: its owner may have dropped it.',
  );

export type IsTableThereV1Request = z.infer<typeof isTableThereV1RequestSchema>;

export const isTableThereV1ReplySchema = z.object({
  there: z
    .boolean()
    .describe(
      'False when it was dropped, was moved out of its schema, or never was: then even an unchanged file is to be imported.',
    ),
});

export type IsTableThereV1Reply = z.infer<typeof isTableThereV1ReplySchema>;
