import { z } from 'zod';

/** Asked by the api, answered by any importer (request/reply). */
export const listRejectedRowsV1Pattern = 'ask.run.rejected-rows.v1';

export const listRejectedRowsV1RequestSchema = z
  .object({
    runId: z.uuid().describe('The run.'),
    after: z.int().nonnegative().describe('The number of the row behind which the answer begins; 0 for all.'),
    limit: z.int().min(1).max(1_000).describe('The most rows that are wanted.'),
  })
  .describe(
    'Which rows of the file did this run reject? Their content is kept in the destination database and nowhere else.',
  );

export type ListRejectedRowsV1Request = z.infer<typeof listRejectedRowsV1RequestSchema>;

const rejectedRowSchema = z
  .object({
    number: z.int().positive().describe('Counts the rejected rows of the run from 1.'),
    line: z.int().positive().describe('The line, or row, of the file on which it began.'),
    reason: z.string().describe('Why, as a code.'),
    sentence: z.string().describe('Why, as a sentence.'),
    content: z.string().describe('The row as it stands in the file, at most its first 4 KiB.'),
  })
  .describe('A row that is not in the table.');

export type RejectedRow = z.infer<typeof rejectedRowSchema>;

export const listRejectedRowsV1ReplySchema = z.object({
  rejectedRows: z.int().nonnegative().describe('How many rows the run rejected.'),
  keptRows: z.int().nonnegative().describe('How many of them are kept, the first ones.'),
  rows: z.array(rejectedRowSchema).describe('In order; fewer than wanted when more would not fit.'),
  next: z
    .int()
    .positive()
    .nullable()
    .describe('What to ask for as `after` to go on; `null` when these are the last.'),
});

export type ListRejectedRowsV1Reply = z.infer<typeof listRejectedRowsV1ReplySchema>;
