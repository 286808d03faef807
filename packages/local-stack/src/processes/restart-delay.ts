const firstDelayMs = 500;
const delayMaxMs = 30_000;

/** How long to wait before the next start of a process that has ended `failures` times in a row (1 or more). */
export function restartDelayMs(failures: number): number {
  return Math.min(firstDelayMs * 2 ** (Math.max(failures, 1) - 1), delayMaxMs);
}
