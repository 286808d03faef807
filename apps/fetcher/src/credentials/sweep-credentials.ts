import type { SchedulerClient } from '@tidetable/scheduler-client';
import type { CredentialStore } from './credential-store.js';

const batchMax = 500;

/**
 * Forgets what was kept for synchronizations that were deleted, or never came to be. Younger than `ageMs` nothing is
 * looked at: it is kept before its synchronization is there. Returns for how many something was forgotten.
 *
 * @throws when no scheduler answers: nothing is forgotten on a guess
 */
export async function sweepCredentials(
  store: Pick<CredentialStore, 'listOlder' | 'remove'>,
  scheduler: Pick<SchedulerClient, 'whichExist'>,
  ageMs: number,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  for (let after: string | null = null; ;) {
    const ids: string[] = await store.listOlder(ageMs, after, batchMax);
    if (ids.length === 0) return removed;
    const existing = new Set(await scheduler.whichExist(ids, signal));
    removed += await store.remove(ids.filter((id) => !existing.has(id)));
    after = ids.at(-1) ?? null;
  }
}
