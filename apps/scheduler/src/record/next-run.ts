import { createHash } from 'node:crypto';
import type { FailureDirective } from '@tidetable/contracts';
import { type CronSchedule, nextInstants } from '@tidetable/schedules';
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

/**
 * A run may come so much earlier than its interval says, as a share of it, but never more than so many seconds; and so
 * much later, never earlier, than the instant at which its cron comes up.
 */
const spreadShareMax = 0.05;
const spreadSecondsMax = 300;
const cronSpreadSecondsMax = 60;

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

/** When a synchronization should run. */
export interface Schedule {
  /** Between runs; of a cron, the shortest time between two of its instants. */
  readonly intervalSeconds: number;
  /** By the wall clock instead. */
  readonly cron: CronSchedule | null;
}

/**
 * Decides when a synchronization runs next: about one interval from now, or when its cron comes up next, whether the run
 * went well or not, until it failed ten times in a row or for a reason that waiting cannot mend. Where waiting may help it
 * is tried again sooner a few times, which is part of the same failure; and never before the source asked for.
 *
 * `failure` is `null` after a success; `retriedTimes` and `soonTries` are those before this run. `spread`, from 0 to 1,
 * parts what would otherwise run at the same moment for ever, having begun at one.
 */
export function nextRun(
  last: Schedule & {
    failure: RunFailure | null;
    retriedTimes: number;
    soonTries: number;
    spread: number;
    now: Date;
  },
): NextRun {
  const { failure, spread, now } = last;
  const scheduledAt = nextScheduled(last, now);
  if (failure === null) return { runAt: scheduledAt, retriedTimes: 0, soonTries: 0, stopped: false };
  const isRepeated = last.soonTries > 0;
  const retriedTimes = Math.min(last.retriedTimes + (isRepeated ? 0 : 1), retriedTimesMax);
  const stopped = failure.directive === 'give-up' || retriedTimes === retriedTimesMax;
  const asked = Math.min(failure.retryAfterSeconds ?? 0, retryAfterSecondsMax);
  const soon = failure.directive === 'retry-later' ? soonSeconds[last.soonTries] : undefined;
  const soonest = soon === undefined ? Infinity : Math.max(soon * (1 + spread * soonSpreadShare), asked);
  return soonest * 1_000 < scheduledAt.getTime() - now.getTime()
    ? { runAt: secondsAfter(now, soonest), retriedTimes, soonTries: last.soonTries + 1, stopped }
    : { runAt: scheduledNotBefore(last, secondsAfter(now, asked), now), retriedTimes, soonTries: 0, stopped };
}

/** When the schedule says, from a moment on: elapsed time for an interval, the clock on the wall for a cron. */
function nextScheduled({ intervalSeconds, cron, spread }: Schedule & { spread: number }, from: Date): Date {
  const share = spread * spreadShareMax * intervalSeconds;
  const [instant] = cron === null ? [] : nextInstants(cron, from, 1);
  if (instant !== undefined) return secondsAfter(instant, Math.min(share, spread * cronSpreadSecondsMax));
  return secondsAfter(from, intervalSeconds - Math.min(share, spread * spreadSecondsMax));
}

function scheduledNotBefore(schedule: Schedule & { spread: number }, earliest: Date, now: Date): Date {
  const scheduledAt = nextScheduled(schedule, now);
  if (scheduledAt >= earliest) return scheduledAt;
  return schedule.cron === null ? earliest : nextScheduled(schedule, earliest);
}

function secondsAfter(moment: Date, seconds: number): Date {
  return new Date(moment.getTime() + Math.round(seconds * 1_000));
}

/**
 * Decides when a synchronization runs next whose run was closed before its end: when its schedule says so. That is no
 * failure and mends none, so what was counted stays counted, and a schedule that has stopped does not go on by itself.
 */
export function nextRunAfterCancel(
  last: Schedule & { retriedTimes: number; stopped: boolean; spread: number; now: Date },
): NextRun {
  const { retriedTimes, stopped } = last;
  return { runAt: nextScheduled(last, last.now), retriedTimes, soonTries: 0, stopped };
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

/** The schedule of a synchronization, from its columns. */
export function scheduleOf(row: {
  intervalSeconds: number;
  cron: string | null;
  timeZone: string | null;
}): Schedule {
  const { intervalSeconds, cron, timeZone } = row;
  return { intervalSeconds, cron: cron === null || timeZone === null ? null : { cron, timeZone } };
}

/** A number from 0 to 1 that a run has whenever it is asked for, and that is different for every other run. */
export function spreadOf(synchronizationId: string, runNumber: number): number {
  const digest = createHash('sha256').update(`${synchronizationId}/${runNumber}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}
