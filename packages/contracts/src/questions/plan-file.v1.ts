import { z } from 'zod';
import { fileBytes, fileHash, importOptionsSchema } from '../events/parts.js';
import { busyOutcome, notPlannedOutcome, plannedOutcome } from './plan-parts.js';

/** Asked by the fetcher, answered by any importer (request/reply). Nothing is kept of it. */
export const planFileV1Pattern = 'ask.file.plan.v1';

export const planFileV1RequestSchema = z
  .object({
    planId: z.uuid().describe('The plan, by which it is cancelled.'),
    file: z
      .object({
        uri: z.string().min(1).describe('Names the file in the staged-file store; never a path.'),
        bytes: fileBytes,
        sha256: fileHash,
      })
      .describe('The file at rest. The asker removes it.'),
    fileName: z.string().max(255).describe("The file's own name; empty when the source gave none."),
    options: importOptionsSchema,
    synchronizationId: z
      .uuid()
      .nullable()
      .describe('The synchronization whose table it is compared with; `null` compares with none.'),
    timeoutMs: z.int().positive().describe('How long reading may take, in milliseconds.'),
  })
  .describe('What would this file become? It is read as for an import, and no table is touched.');

export type PlanFileV1Request = z.infer<typeof planFileV1RequestSchema>;

export const planFileV1ReplySchema = z.discriminatedUnion('outcome', [
  plannedOutcome,
  notPlannedOutcome,
  busyOutcome,
  z.object({ outcome: z.literal('timed-out').describe('Reading took too long.') }),
  z.object({ outcome: z.literal('cancelled').describe('Nobody wants to know any more.') }),
]);

export type PlanFileV1Reply = z.infer<typeof planFileV1ReplySchema>;
