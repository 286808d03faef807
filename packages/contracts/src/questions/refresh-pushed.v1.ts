import { z } from 'zod';
import { storageServices } from '../sources/source.js';

/** Asked by the fetcher, answered by any scheduler (request/reply). Asking again changes nothing. */
export const refreshPushedV1Pattern = 'ask.synchronizations.refresh-pushed.v1';

export const refreshPushedV1RequestSchema = z
  .object({
    service: z.enum(storageServices).describe('The storage service that has told of a change.'),
    accountIds: z.array(z.uuid()).min(1).max(1_000).describe('Whose files may have changed.'),
    itemIds: z
      .array(z.string())
      .max(1_000)
      .nullable()
      .describe('The files that have; `null` where the service tells of accounts only.'),
  })
  .describe(
    'A storage service has told of a change: refresh these soon. Several in a row become one refresh, and one that comes during a refresh becomes another one after it.',
  );

export type RefreshPushedV1Request = z.infer<typeof refreshPushedV1RequestSchema>;

export const refreshPushedV1ReplySchema = z.object({
  pushed: z.number().int().min(0).describe('How many synchronizations it concerns.'),
});

export type RefreshPushedV1Reply = z.infer<typeof refreshPushedV1ReplySchema>;
