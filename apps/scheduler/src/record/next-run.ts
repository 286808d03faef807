import type { FailureDirective } from '@tidetable/contracts';

/** After so many failures in a row the schedule stops; a run by hand or its success revives it. CARTO's number. */
export const retriedTimesMax = 10;

/** A failure that was our own is made up for after so long, if the interval is longer, in seconds. */
const ownFailureRetrySeconds = 300;

/** What the schedule does after a run. */
export interface NextRun {
  readonly runAt: Date;
  /** Failures since the last success, at most `retriedTimesMax`. */
  readonly retriedTimes: number;
  /** Whether the schedule leaves it alone until somebody asks for a run. */
  readonly stopped: boolean;
}

/**
 * Decides when a synchronization runs next: one interval from now, whether the run went well or not, until it
 * failed ten times in a row or for a reason that waiting cannot mend. Where we failed, not the source or the file, it
 * is soon.
 *
 * `directive` is that of the failure, `null` after a success; `retriedTimes` counts the failures before this run.
 */
export function nextRun(last: {
  directive: FailureDirective | null;
  /** Whether the failure was ours. */
  isOurs?: boolean;
  intervalSeconds: number;
  retriedTimes: number;
  now: Date;
}): NextRun {
  const { intervalSeconds, isOurs = false } = last;
  const seconds = isOurs ? Math.min(intervalSeconds, ownFailureRetrySeconds) : intervalSeconds;
  const runAt = new Date(last.now.getTime() + seconds * 1_000);
  if (last.directive === null) return { runAt, retriedTimes: 0, stopped: false };
  const retriedTimes = Math.min(last.retriedTimes + 1, retriedTimesMax);
  return { runAt, retriedTimes, stopped: last.directive === 'give-up' || retriedTimes === retriedTimesMax };
}
