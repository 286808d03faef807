import type { StagedFileStore } from '@tidetable/staged-files';

/**
 * Each attempt at a run, counted by deliveries from 1, stages a file of its own: an earlier attempt may have been
 * cut off after its file was announced, and a file that somebody may be loading must never change.
 */
export interface Attempt {
  readonly runId: string;
  readonly number: number;
}

const keyForm = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(\d+)$/i;

/** The key of the attempt's file. */
export function attemptKey({ runId, number }: Attempt): string {
  return `${runId}-${number}`;
}

/** The run that a staged file belongs to; `null` when the key is not one of ours. */
export function runIdOfKey(key: string): string | null {
  return keyForm.exec(key)?.[1] ?? null;
}

/** Removes the attempt's file if there is one. */
export async function removeAttempt(store: StagedFileStore, attempt: Attempt): Promise<void> {
  await store.removeKey(attemptKey(attempt));
}

/** Removes the files of all attempts before this one. */
export async function removeEarlierAttempts(
  store: StagedFileStore,
  { runId, number }: Attempt,
): Promise<void> {
  for (let earlier = 1; earlier < number; earlier += 1)
    await removeAttempt(store, { runId, number: earlier });
}

/** Removes the files of this attempt and of all before it. */
export async function removeAttempts(store: StagedFileStore, attempt: Attempt): Promise<void> {
  await removeEarlierAttempts(store, attempt);
  await removeAttempt(store, attempt);
}
