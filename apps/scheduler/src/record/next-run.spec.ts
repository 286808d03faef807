import { describe, expect, it } from '@jest/globals';
import {
  nextRun,
  nextRunAfterCancel,
  retriedTimesMax,
  scheduleOf,
  soonSeconds,
  spreadOf,
} from './next-run.js';

const now = new Date('2026-03-29T00:30:00Z');
const last = { intervalSeconds: 3_600, cron: null, retriedTimes: 0, soonTries: 0, spread: 0, now };
const secondsUntil = (runAt: Date): number => (runAt.getTime() - now.getTime()) / 1_000;
const later = { directive: 'retry-later' } as const;
const user = { directive: 'await-user-fix' } as const;

describe('the next run', () => {
  it.each([
    ['a success', null, 0, { retriedTimes: 0, stopped: false }],
    ['a success', null, 7, { retriedTimes: 0, stopped: false }],
    ['a success', null, 10, { retriedTimes: 0, stopped: false }],
    ['a failure that waiting may mend', later, 0, { retriedTimes: 1, stopped: false }],
    ['a failure that waiting may mend', later, 8, { retriedTimes: 9, stopped: false }],
    ['a failure that waiting may mend', later, 9, { retriedTimes: 10, stopped: true }],
    ['a failure that waiting may mend', later, 10, { retriedTimes: 10, stopped: true }],
    ["a failure that is the user's", user, 0, { retriedTimes: 1, stopped: false }],
    ["a failure that is the user's", user, 9, { retriedTimes: 10, stopped: true }],
    ['a failure for good', { directive: 'give-up' }, 0, { retriedTimes: 1, stopped: true }],
    ['a failure for good', { directive: 'give-up' }, 10, { retriedTimes: 10, stopped: true }],
  ] as const)('after %s, with %j after %i failures, is %j', (_name, failure, retriedTimes, expected) => {
    expect(nextRun({ ...last, failure, retriedTimes })).toMatchObject(expected);
  });

  it.each([
    ['a success', null],
    ["a failure that is the user's", user],
  ])('is one interval from now after %s, however late the last one was', (_name, failure) => {
    const { runAt } = nextRun({ ...last, failure, intervalSeconds: 2_592_000 });
    expect(runAt.toISOString()).toBe('2026-04-28T00:30:00.000Z');
  });

  it.each([
    [900, 0, 900],
    [900, 1, 855],
    [3_600, 0.5, 3_510],
    [2_592_000, 1, 2_591_700],
  ])('of every %i s comes, spread by %f, after %i s', (intervalSeconds, spread, seconds) => {
    const { runAt } = nextRun({ ...last, failure: null, intervalSeconds, spread });
    expect(secondsUntil(runAt)).toBe(seconds);
  });

  it('is tried soon where waiting may help, a few times that count as one failure, then by the schedule', () => {
    const seen = [];
    let state = { retriedTimes: 0, soonTries: 0 };
    for (let run = 0; run < 6; run += 1) {
      const next = nextRun({ ...last, ...state, failure: later });
      seen.push([secondsUntil(next.runAt), next.retriedTimes]);
      state = next;
    }
    expect(seen).toEqual([
      [60, 1],
      [240, 1],
      [960, 1],
      [3_600, 1],
      [60, 2],
      [240, 2],
    ]);
  });

  it.each([
    ['than the interval', 60, 0, undefined, 60],
    ['than the interval, whatever is tried', 900, 2, undefined, 900],
    ['but spread', 3_600, 0, undefined, 60],
    ['and after what the source asked for', 3_600, 0, 600, 600],
    ['and after more than an interval where the source asked for that', 900, 0, 7_200, 7_200],
    ['and after a day at most', 900, 0, 1e9, 86_400],
  ])('comes never later %s', (_name, intervalSeconds, soonTries, retryAfterSeconds, seconds) => {
    const { runAt } = nextRun({
      ...last,
      intervalSeconds,
      soonTries,
      failure: { directive: 'retry-later', retryAfterSeconds },
    });
    expect(secondsUntil(runAt)).toBe(seconds);
  });

  it.each([user, { directive: 'retry-later' } as const])(
    'comes after ten intervals of nothing but failures (%j) and then not any more',
    (failure) => {
      let state = { retriedTimes: 0, soonTries: 0 };
      let intervals = 0;
      for (let run = 0; run < 100; run += 1) {
        if (state.soonTries === 0) intervals += 1;
        const next = nextRun({ ...last, ...state, failure });
        if (next.stopped) break;
        state = next;
      }
      expect([intervals, state.retriedTimes]).toEqual([retriedTimesMax, retriedTimesMax - 1]);
    },
  );
});

describe('the next run by the wall clock', () => {
  const daily = { intervalSeconds: 86_400, cron: { cron: '0 9 * * *', timeZone: 'Europe/Berlin' } };
  const runAtOf = (more: object): string =>
    nextRun({ ...last, ...daily, failure: null, ...more }).runAt.toISOString();

  it.each([
    [
      'is when the clock shows it, the day that clocks are set forward included',
      {},
      '2026-03-29T07:00:00.000Z',
    ],
    ['is spread by a minute at most, and never too soon', { spread: 1 }, '2026-03-29T07:01:00.000Z'],
    ['is the same after a failure that the user has to mend', { failure: user }, '2026-03-29T07:00:00.000Z'],
    ['is tried soon where waiting may help', { failure: later }, '2026-03-29T00:31:00.000Z'],
    [
      'is never before what the source asked for, and still when the clock shows it',
      { failure: { ...user, retryAfterSeconds: 36_000 } },
      '2026-03-30T07:00:00.000Z',
    ],
    [
      'is not now where it comes up now',
      { now: new Date('2026-03-29T07:00:00Z') },
      '2026-03-30T07:00:00.000Z',
    ],
    [
      'does without a try that would come after it',
      { failure: later, now: new Date('2026-03-29T06:59:30Z') },
      '2026-03-29T07:00:00.000Z',
    ],
    [
      'is by the interval where the expression never comes up again',
      { cron: { cron: '0 0 30 2 *', timeZone: 'UTC' } },
      '2026-03-30T00:30:00.000Z',
    ],
  ])('%s', (_what, more, runAt) => {
    expect(runAtOf(more)).toBe(runAt);
  });

  it('is spread by no more than a twentieth of the time between two', () => {
    const often = { intervalSeconds: 900, cron: { cron: '*/15 * * * *', timeZone: 'UTC' } };
    expect(runAtOf({ ...often, spread: 1 })).toBe('2026-03-29T00:45:45.000Z');
  });

  it('is read from the columns of a synchronization', () => {
    expect(scheduleOf({ intervalSeconds: 1, cron: null, timeZone: null })).toEqual({
      intervalSeconds: 1,
      cron: null,
    });
    expect(scheduleOf({ intervalSeconds: 1, cron: 'c', timeZone: 'z' }).cron).toEqual({
      cron: 'c',
      timeZone: 'z',
    });
  });
});

describe('the next run after one that was cancelled', () => {
  it.each([
    { retriedTimes: 0, stopped: false },
    { retriedTimes: 4, stopped: false },
    { retriedTimes: 10, stopped: true },
  ])('is by the schedule, and nothing is counted: %j', (counted) => {
    expect(nextRunAfterCancel({ ...last, ...counted })).toEqual({
      ...counted,
      soonTries: 0,
      runAt: new Date('2026-03-29T01:30:00Z'),
    });
  });
});

describe('the spread of runs', () => {
  it('parts ten thousand that begin at once evenly', () => {
    const tenths = new Array<number>(10).fill(0);
    for (let n = 0; n < 10_000; n += 1) tenths[Math.floor(10 * spreadOf(`synchronization-${n}`, 1))]! += 1;
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  it('is the same for a run whoever asks, and another for the next', () => {
    expect(spreadOf('a', 1)).toBe(spreadOf('a', 1));
    expect(spreadOf('a', 2)).not.toBe(spreadOf('a', 1));
    expect(soonSeconds).toHaveLength(3);
  });
});
