import type { SchedulerClient } from '@tidetable/scheduler-client';
import type { StagedFileStore } from '@tidetable/staged-files';
import { runIdOfKey } from '../sources/attempt-file.js';

export interface SweepOptions {
  /** Younger files are not looked at, in milliseconds. */
  ageMs: number;
  now: Date;
}

/**
 * Removes staged files whose run is over: what a crash between the last event and the clean-up has left.
 * Files of open runs stay however old they are, and so does what no run has stored.
 * Several sweepers may be at work; repetition changes nothing. Returns how many files were removed.
 *
 * @throws when the store fails or no scheduler answers: nothing is removed on a guess.
 */
export async function sweepStagedFiles(
  store: StagedFileStore,
  scheduler: Pick<SchedulerClient, 'isRunOpen'>,
  { ageMs, now }: SweepOptions,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  for await (const { key, uri, modifiedAt } of store.list()) {
    signal.throwIfAborted();
    const runId = runIdOfKey(key);
    if (runId === null || now.getTime() - modifiedAt.getTime() < ageMs) continue;
    if (await scheduler.isRunOpen(runId, signal)) continue;
    await store.remove(uri);
    removed += 1;
  }
  return removed;
}
