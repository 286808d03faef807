import { describe, expect, it } from '@jest/globals';
import { isWorthAnotherTry, pauseMs } from './pause-between-tries.js';

describe('the rest between two tries', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [6, 32_000],
    [9, 32_000],
  ])('after try %i is %i ms and up to a second of chance', (tried, leastMs) => {
    expect(pauseMs(tried, 1_000, 0)).toBe(leastMs);
    expect(pauseMs(tried, 1_000, 0.999)).toBeLessThan(leastMs + 1_000);
    expect(pauseMs(tried, 1_000, 0.999)).toBeGreaterThan(leastMs + 900);
  });
});

describe('another try', () => {
  it.each([
    ['source-rate-limited', 5, true],
    ['source-rate-limited', 6, false],
    ['source-server-error', 5, true],
    ['source-unreachable', 2, true],
    ['source-unreachable', 3, false],
    ['source-timeout', 2, true],
    ['item-not-found', 1, false],
    ['source-tls-invalid', 1, false],
  ] as const)('for %s after %i is worth it: %s', (code, tried, isWorth) => {
    expect(isWorthAnotherTry(tried, code)).toBe(isWorth);
  });
});
