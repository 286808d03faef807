import { type FeedMessage, feedSubject, type Progress } from '@tidetable/contracts';
import type { Bus } from './bus.js';

/** Progress within a phase is told so often at most, in milliseconds. */
const progressEveryMs = 500;

/** Whose feed something belongs to; nothing is told where the account is not known. */
export interface FeedReference {
  readonly accountId?: string | undefined;
  readonly synchronizationId: string;
}

/** Tells those who watch a synchronization now. Never fails, waits for nothing, and may be lost. */
export function tellFeed(
  { connection }: Pick<Bus, 'connection'>,
  { accountId, synchronizationId }: FeedReference,
  message: FeedMessage,
): void {
  if (accountId === undefined || connection.isClosed()) return;
  connection.publish(feedSubject(accountId, synchronizationId), JSON.stringify(message));
}

/** Tells how a run gets on: each new phase at once, and within a phase twice a second at most. */
export type TellProgress = (progress: Progress) => void;

/** For one run. @see tellFeed */
export function progressTeller(
  bus: Pick<Bus, 'connection'>,
  run: FeedReference & { readonly runId: string },
): TellProgress {
  let phase: Progress['phase'] | undefined;
  let toldAtMs = -Infinity;
  return (progress) => {
    const nowMs = performance.now();
    if (progress.phase === phase && nowMs - toldAtMs < progressEveryMs) return;
    phase = progress.phase;
    toldAtMs = nowMs;
    tellFeed(bus, run, { kind: 'progress', runId: run.runId, ...progress });
  };
}
