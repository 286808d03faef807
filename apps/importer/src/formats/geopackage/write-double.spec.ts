import { describe, expect, it } from '@jest/globals';
import { writeDouble } from './write-double.js';

const out = Buffer.alloc(32);
const written = (value: number): string | null => {
  const start = writeDouble(out, value);
  return start === -1 ? null : out.toString('latin1', start);
};

describe('a double', () => {
  it.each([0, 1, -1, 10, 100, 0.5, -0.05, 1.1, 12.25, 1047.29, 999999999999999, -123456.789012, 0.000001])(
    '%d is written as it is elsewhere',
    (value) => {
      expect(written(value)).toBe(String(value));
    },
  );

  it.each([0.1 + 0.2, 1e-7, 1e15, 1e300, Infinity, NaN, Math.PI])('%d is left to others', (value) => {
    expect(written(value)).toBeNull();
  });

  it('is never another one', () => {
    for (let n = 1; n < 20_000; n++) {
      for (const value of [n / 100, n / 7, n * 12345.678, 1 / n]) {
        const text = written(value);
        if (text !== null && text !== String(value)) throw new Error(`${value} became ${text}`);
      }
    }
    expect(written(-0)).toBe('0');
  });
});
