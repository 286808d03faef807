import { z } from 'zod';

/**
 * What happens to the synchronizations of an account, for those who watch it now: on plain subjects, kept nowhere, and gone
 * where nobody listens. Nothing depends on it: a hint that is lost makes a watcher late, and nothing else.
 */
export function feedSubject(accountId: string, synchronizationId: string): string {
  return `feed.${accountId}.${synchronizationId}`;
}

/** The subjects of all synchronizations of an account. */
export function feedSubjectOfAccount(accountId: string): string {
  return `feed.${accountId}.*`;
}

/** What a worker is at. */
export const progressPhases = ['fetching', 'loading', 'indexing', 'swapping'] as const;

export const feedMessageSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('state').describe('Its state has changed: whoever watches looks at the metadata.'),
  }),
  z.object({
    kind: z.literal('progress').describe('A worker has got on with a run; told at most twice a second.'),
    runId: z.uuid(),
    phase: z.enum(progressPhases),
    bytes: z.int().nonnegative().optional().describe('So far.'),
    bytesTotal: z.int().nonnegative().optional().describe('In all, where that is known.'),
    rows: z.int().nonnegative().optional().describe('So far.'),
  }),
]);

export type FeedMessage = z.infer<typeof feedMessageSchema>;
export type Progress = Omit<Extract<FeedMessage, { kind: 'progress' }>, 'kind' | 'runId'>;
