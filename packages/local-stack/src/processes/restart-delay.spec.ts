import { describe, expect, it } from '@jest/globals';
import { restartDelayMs } from './restart-delay.js';

describe('restartDelayMs', () => {
  it.each([
    [1, 500],
    [2, 1000],
    [3, 2000],
    [7, 30_000],
    [5000, 30_000],
  ])('waits, after %i failures in a row, %i ms', (failures, delayMs) => {
    expect(restartDelayMs(failures)).toBe(delayMs);
  });
});
