import { describe, expect, it } from '@jest/globals';
import { type Allowance, takeRequest } from './take-request.js';

/** Takes requests one after the other at one instant. */
function takeMany(count: number, perMinute: number, now: number, fullAt?: number): Allowance[] {
  const taken: Allowance[] = [];
  for (let index = 0; index < count; index += 1)
    taken.push(takeRequest(taken.at(-1)?.fullAt ?? fullAt, perMinute, now));
  return taken;
}

describe('an allowance', () => {
  it.each([1, 7, 60, 600, 100_000])('of %i a minute lets so many come at once, and no more', (perMinute) => {
    const taken = takeMany(perMinute + 1, perMinute, 5_000);
    expect(taken.filter(({ isAllowed }) => isAllowed)).toHaveLength(perMinute);
    expect(taken[perMinute - 1]).toMatchObject({ isAllowed: true, remaining: 0, resetSeconds: 60 });
    expect(taken[perMinute]).toMatchObject({ isAllowed: false, remaining: 0 });
  });

  it.each([
    [60, 0, 0, 1],
    [60, 999, 0, 1],
    [60, 1_000, 1, 0],
    [60, 30_000, 30, 0],
    [60, 600_000, 60, 0],
    [6, 1_000, 0, 9],
    [6, 10_000, 1, 0],
  ])('of %i a minute, used up %i ms ago, has %i left again', (perMinute, agoMs, remaining, retrySeconds) => {
    const used = takeMany(perMinute, perMinute, 1_000).at(-1)!;
    const now = 1_000 + agoMs;
    const next = takeRequest(used.fullAt, perMinute, now);
    expect([next.isAllowed, next.isAllowed ? next.remaining + 1 : 0]).toEqual([remaining > 0, remaining]);
    if (!next.isAllowed) expect(next.retrySeconds).toBe(retrySeconds);
  });

  it('is as it was after a request that is refused', () => {
    const used = takeMany(10, 10, 0).at(-1)!;
    expect(takeMany(1_000, 10, 0, used.fullAt).every(({ fullAt }) => fullAt === used.fullAt)).toBe(true);
  });

  it('lets as many as flow in go on for ever', () => {
    let fullAt = takeMany(60, 60, 0).at(-1)!.fullAt;
    const refused: number[] = [];
    for (let second = 1; second <= 600; second += 1) {
      const taken = takeRequest(fullAt, 60, second * 1_000);
      if (!taken.isAllowed) refused.push(second);
      ({ fullAt } = taken);
    }
    expect(refused).toEqual([]);
  });
});
