import { describe, expect, it } from '@jest/globals';
import { unpackedBytesMax } from './unpack-limits.js';

describe('unpackedBytesMax', () => {
  it.each([
    ['lets little become ten megabytes', 10, 1e12, 1e7],
    ['lets much become a thousand times as much', 1e6, 1e12, 1e9],
    ['lets nothing become more than the limit', 1e6, 5e8, 5e8],
    ['holds the limit for little, too', 10, 100, 100],
  ])('%s', (_name, packed, max, expected) => {
    expect(unpackedBytesMax(packed, max)).toBe(expected);
  });
});
