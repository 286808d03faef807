import { describe, expect, it } from '@jest/globals';
import { retryAfterMs } from './retry-after.js';

const now = Date.parse('2026-02-01T12:00:00Z');

describe('a request to be left alone', () => {
  it.each<[number, string | undefined, number | null]>([
    [429, '120', 120_000],
    [503, ' 5 ', 5_000],
    [429, 'Sun, 01 Feb 2026 12:00:30 GMT', 30_000],
    [429, 'Sun, 01 Feb 2026 11:00:00 GMT', 0],
    [429, '999999999', 3_600_000],
    [429, '0', 0],
    [429, undefined, null],
    [429, 'soon', null],
    [429, '-5x', null],
    [500, '120', null],
    [200, '120', null],
  ])('with %i and %j is for %j ms', (status, header, expected) => {
    expect(retryAfterMs(status, header, now)).toBe(expected);
  });
});
