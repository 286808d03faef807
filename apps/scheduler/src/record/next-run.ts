import { createHash } from 'node:crypto';
import type { FailureDirective } from '@tidetable/contracts';
import { pushGapSeconds } from '../push-gap.js';

/** After so many failures in a row the schedule stops; a run by hand or its success revives it. CARTO's number. */
export const retriedTimesMax = 10;

/**
 * After a failure that waiting may mend it is tried again after so long, in seconds, and a bit more: once each before the
 * schedule goes on. These tries are not counted by `retriedTimes`, so that ten failures still are ten intervals.
 */
export const soonSeconds: readonly number[] = [60, 240, 960];
/** What may be added to a soon try, as a share of it. */
const soonSpreadShare = 0.25;

/** A run may come so much earlier than its interval says, as a share of it, but never more than so many seconds. */
const spreadShareMax = 0.05;
const spreadSecondsMax = 300;

/** A source is left alone for as long as it asks, up to this, in seconds. */
const retryAfterSecondsMax = 86_400;

/** Why a run failed, as far as the schedule cares. */
export interface RunFailure {
  readonly directive: FailureDirective;
  /** For how long the source asked to be left alone. */
  readonly retryAfterSeconds?: number | undefined;
}

/** What the schedule does after a run. */
export interface NextRun {
  readonly runAt: Date;
  /** Failures since the last success, at most `retriedTimesMax`. */
  readonly retriedTimes: number;
  /** How many of the soon tries have been used since the last run by schedule or hand that ended well or was counted. */
  readonly soonTries: number;
  /** Whether the schedule leaves it alone until somebody asks for a run. */
  readonly stopped: boolean;
}

/**
 * Decides when a synchronization runs next: about one interval from now, whether the run went well or not, until it
 * failed ten times in a row or for a reason that waiting cannot mend. Where waiting may help it is tried again sooner a
 * few times, which is part of the same failure; and never before the source asked for.
 *
 * `failure` is `null` after a success; `retriedTimes` and `soonTries` are those before this run. `spread`, from 0 to 1,
 * parts what would otherwise run at the same moment for ever, having begun at one.
 */
export function nextRun(last: {
  failure: RunFailure | null;
  intervalSeconds: number;
  retriedTimes: number;
  soonTries: number;
  spread: number;
  now: Date;
}): NextRun {
  const { failure, intervalSeconds, spread, now } = last;
  const after = (seconds: number): Date => new Date(now.getTime() + Math.round(seconds * 1_000));
  const scheduledSeconds =
    intervalSeconds - spread * Math.min(spreadShareMax * intervalSeconds, spreadSecondsMax);
  if (failure === null) {
    return { runAt: after(scheduledSeconds), retriedTimes: 0, soonTries: 0, stopped: false };
  }
  const isRepeated = last.soonTries > 0;
  const retriedTimes = Math.min(last.retriedTimes + (isRepeated ? 0 : 1), retriedTimesMax);
  const stopped = failure.directive === 'give-up' || retriedTimes === retriedTimesMax;
  const asked = Math.min(failure.retryAfterSeconds ?? 0, retryAfterSecondsMax);
  const soon = failure.directive === 'retry-later' ? soonSeconds[last.soonTries] : undefined;
  const soonest = soon === undefined ? Infinity : Math.max(soon * (1 + spread * soonSpreadShare), asked);
  return soonest < scheduledSeconds
    ? { runAt: after(soonest), retriedTimes, soonTries: last.soonTries + 1, stopped }
    : { runAt: after(Math.max(scheduledSeconds, asked)), retriedTimes, soonTries: 0, stopped };
}

/**
 * The same where a storage service told of a change after the run was requested, which the run may have missed: then
 * another one follows soon, also when the schedule would stop.
 */
export function nextRunAfterPush(next: NextRun, isPushed: boolean, now: Date): NextRun {
  if (!isPushed) return next;
  const soon = new Date(now.getTime() + pushGapSeconds * 1_000);
  return { ...next, runAt: next.stopped || soon < next.runAt ? soon : next.runAt, stopped: false };
}

/** A number from 0 to 1 that a run has whenever it is asked for, and that is different for every other run. */
export function spreadOf(synchronizationId: string, runNumber: number): number {
  const digest = createHash('sha256').update(`${synchronizationId}/${runNumber}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}
