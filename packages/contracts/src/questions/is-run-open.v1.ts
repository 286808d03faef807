import { z } from 'zod';

/** Asked by the importer right before the swap, and by sweepers, answered by any scheduler (request/reply). */
export const isRunOpenV1Pattern = 'ask.run.is-open.v1';

export const isRunOpenV1RequestSchema = z
  .object({ runId: z.uuid().describe('The run.') })
  .describe('May this run still change anything?');

export type IsRunOpenV1Request = z.infer<typeof isRunOpenV1RequestSchema>;

export const isRunOpenV1ReplySchema = z.object({
  open: z
    .boolean()
    .describe('False once the run was closed: by its outcome, by the rescuer, or by deletion.'),
});

export type IsRunOpenV1Reply = z.infer<typeof isRunOpenV1ReplySchema>;
