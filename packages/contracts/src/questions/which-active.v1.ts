import { z } from 'zod';

/** Asked by the importer's sweeper, answered by any scheduler (request/reply). */
export const whichActiveV1Pattern = 'ask.accounts.which-active.v1';

const ids = z.array(z.uuid()).max(1_000);

export const whichActiveV1RequestSchema = z
  .object({ accountIds: ids.describe('The accounts.') })
  .describe('Which of these accounts are active? The logins of the others end.');

export type WhichActiveV1Request = z.infer<typeof whichActiveV1RequestSchema>;

export const whichActiveV1ReplySchema = z.object({
  accountIds: ids.describe('Those that are; the others are disabled, or never were.'),
});

export type WhichActiveV1Reply = z.infer<typeof whichActiveV1ReplySchema>;
