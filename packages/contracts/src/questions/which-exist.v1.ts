import { z } from 'zod';

/** Asked by the importer's sweeper, answered by any scheduler (request/reply). */
export const whichExistV1Pattern = 'ask.synchronizations.which-exist.v1';

const ids = z.array(z.uuid()).max(1_000);

export const whichExistV1RequestSchema = z
  .object({ synchronizationIds: ids.describe('The synchronizations.') })
  .describe('Which of these synchronizations are still there?');

export type WhichExistV1Request = z.infer<typeof whichExistV1RequestSchema>;

export const whichExistV1ReplySchema = z.object({
  synchronizationIds: ids.describe('Those that are; the others were deleted, or never were.'),
});

export type WhichExistV1Reply = z.infer<typeof whichExistV1ReplySchema>;
