import { z } from 'zod';

/** Asked by the api when whoever wanted a plan has gone, answered by any fetcher (request/reply), which tells all workers. */
export const cancelPlanV1Pattern = 'ask.source.cancel-plan.v1';

export const cancelPlanV1RequestSchema = z
  .object({ planId: z.uuid().describe('The plan.') })
  .describe('Leave off making this plan.');

export type CancelPlanV1Request = z.infer<typeof cancelPlanV1RequestSchema>;

export const cancelPlanV1ReplySchema = z.object({
  outcome: z.literal('told').describe('Whoever makes it was told, if anybody does.'),
});

export type CancelPlanV1Reply = z.infer<typeof cancelPlanV1ReplySchema>;
