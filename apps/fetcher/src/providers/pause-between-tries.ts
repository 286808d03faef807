import type { SyncErrorCode } from '@tidetable/contracts';

/** So often a service is asked that limits us or is in trouble. */
const triesMax = 6;
/** So often one is asked that does not answer at all. */
const silentTriesMax = 3;
/** No rest is longer, in milliseconds. */
const pauseMsMax = 32_000;

const troubles: readonly SyncErrorCode[] = ['source-rate-limited', 'source-server-error'];
const silences: readonly SyncErrorCode[] = ['source-unreachable', 'source-timeout', 'source-truncated'];

/** Whether what stood in the way may be over soon, and has not been tried often enough. */
export function isWorthAnotherTry(tried: number, code: SyncErrorCode): boolean {
  if (troubles.includes(code)) return tried < triesMax;
  return silences.includes(code) && tried < silentTriesMax;
}

/**
 * The rest after so many tries, in milliseconds: doubles, and has as much chance in it again as the first is long, so
 * that runs that were refused together come apart.
 */
export function pauseMs(tried: number, firstMs = 1_000, chance = Math.random()): number {
  return Math.min(firstMs * 2 ** (tried - 1), pauseMsMax) + chance * firstMs;
}
