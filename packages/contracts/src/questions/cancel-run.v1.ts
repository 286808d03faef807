import { z } from 'zod';

/** Asked by the api, answered by any scheduler (request/reply). May be repeated: a run is cancelled once. */
export const cancelRunV1Pattern = 'ask.run.cancel.v1';

export const cancelRunV1RequestSchema = z
  .object({
    accountId: z.uuid().describe('The account that asks.'),
    synchronizationId: z.uuid().describe('The synchronization.'),
    runId: z.uuid().describe('Its run.'),
  })
  .describe('End this run now, and leave the table as it is.');

export type CancelRunV1Request = z.infer<typeof cancelRunV1RequestSchema>;

export const cancelRunV1ReplySchema = z.object({
  result: z
    .enum(['cancelled', 'ended', 'unknown'])
    .describe(
      '`cancelled`: the run is closed, now or by an earlier question; `ended`: it had another outcome before; ' +
        '`unknown`: the account has no such run.',
    ),
});

export type CancelRunV1Reply = z.infer<typeof cancelRunV1ReplySchema>;
