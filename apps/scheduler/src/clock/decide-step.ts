/** The database's clock and one that nobody sets, read at the same moment. */
export interface ClockReading {
  readonly databaseMs: number;
  /** Of a clock that goes on evenly, also while the machine sleeps; where it begins says nothing. */
  readonly elapsedMs: number;
}

/** A clock may be so much off before that counts as a step: slow answers and clocks that are slewed are no steps. */
const stepToleranceMs = 30_000;

/** By how much the database's clock was set between two readings: ahead, or back when negative; 0 for no step. */
export function stepBetween(earlier: ClockReading, later: ClockReading): number {
  const stepMs = later.databaseMs - earlier.databaseMs - (later.elapsedMs - earlier.elapsedMs);
  return Math.abs(stepMs) > stepToleranceMs ? stepMs : 0;
}

/**
 * By how much the clock was set back while no scheduler was there to see it: at least so much, as it shows a time before
 * one that it has shown. 0 when nothing tells.
 */
export function stepWhileAway(seenAtMs: number, nowMs: number): number {
  return seenAtMs - nowMs > stepToleranceMs ? nowMs - seenAtMs : 0;
}

/**
 * Whether a step that one scheduler has seen is one: not when another saw the clock go on evenly until just now (`seenAtMs`,
 * by the same clock). Then it is this scheduler that stood still.
 */
export function isStep(stepMs: number, seenAtMs: number, nowMs: number): boolean {
  return stepMs !== 0 && Math.abs(nowMs - seenAtMs) > stepToleranceMs;
}
