import { describe, expect, it } from '@jest/globals';
import { nextRun, retriedTimesMax } from './next-run.js';

const now = new Date('2026-03-29T00:30:00Z');
const inAnHour = new Date('2026-03-29T01:30:00Z');
const last = { intervalSeconds: 3_600, now };

describe('the next run', () => {
  it.each([
    [null, 0, { retriedTimes: 0, stopped: false }],
    [null, 7, { retriedTimes: 0, stopped: false }],
    [null, 10, { retriedTimes: 0, stopped: false }],
    ['retry-later', 0, { retriedTimes: 1, stopped: false }],
    ['retry-later', 8, { retriedTimes: 9, stopped: false }],
    ['retry-later', 9, { retriedTimes: 10, stopped: true }],
    ['retry-later', 10, { retriedTimes: 10, stopped: true }],
    ['await-user-fix', 0, { retriedTimes: 1, stopped: false }],
    ['await-user-fix', 9, { retriedTimes: 10, stopped: true }],
    ['give-up', 0, { retriedTimes: 1, stopped: true }],
    ['give-up', 10, { retriedTimes: 10, stopped: true }],
  ] as const)('after %s with %i failures before is %j', (directive, retriedTimes, expected) => {
    expect(nextRun({ ...last, directive, retriedTimes })).toEqual({ runAt: inAnHour, ...expected });
  });

  it('comes soon where we failed, and never later than the interval', () => {
    const ours = { directive: 'retry-later', isOurs: true, retriedTimes: 0, now } as const;
    expect(nextRun({ ...ours, intervalSeconds: 2_592_000 }).runAt.toISOString()).toBe(
      '2026-03-29T00:35:00.000Z',
    );
    expect(nextRun({ ...ours, intervalSeconds: 60 }).runAt.toISOString()).toBe('2026-03-29T00:31:00.000Z');
  });

  it('is one interval from now, however late the last one was', () => {
    const { runAt } = nextRun({ directive: null, intervalSeconds: 2_592_000, retriedTimes: 0, now });
    expect(runAt.toISOString()).toBe('2026-04-28T00:30:00.000Z');
  });

  it('comes ten times before a source that stays broken is left alone', () => {
    let retriedTimes = 0;
    let attempts = 0;
    for (let stopped = false; !stopped; attempts += 1) {
      ({ retriedTimes, stopped } = nextRun({ ...last, directive: 'retry-later', retriedTimes }));
    }
    expect([attempts, retriedTimes]).toEqual([retriedTimesMax, retriedTimesMax]);
  });
});
