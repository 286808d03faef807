import { describe, expect, it } from '@jest/globals';
import { retryDelayMs } from './retry-delay.js';

describe('the rest before a retry', () => {
  it('doubles with every delivery', () => {
    expect([1, 2, 3, 4, 5].map((count) => retryDelayMs(count, 1_000))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000,
    ]);
  });

  it('is at most sixty times the first', () => {
    expect(retryDelayMs(12, 1_000)).toBe(60_000);
    expect(retryDelayMs(2_000, 10)).toBe(600);
  });
});
