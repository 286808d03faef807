import { describe, expect, it } from '@jest/globals';
import { TextBuffer } from '../text-buffer.js';
import type { ValueKind } from './value-kind.js';
import type { ValueLosses } from './write-time.js';
import { writerOf } from './write-value.js';

function written(kind: ValueKind, stored: Buffer, losses: ValueLosses = { cutTimes: 0 }): string {
  const out = new TextBuffer();
  out.begin();
  writerOf(kind)(out, stored, 0, stored.length, losses);
  return out.bytes.toString('utf8', out.piece, out.length);
}

const int32 = (value: number): Buffer => Buffer.from(Int32Array.of(value).buffer);
const int64 = (value: bigint): Buffer => Buffer.from(BigInt64Array.of(value).buffer);
const double = (value: number): Buffer => Buffer.from(Float64Array.of(value).buffer);
const micros = (isUtc: boolean): ValueKind => ({ kind: 'timestamp', unitsPerSecond: 1_000_000, isUtc });
const nanos: ValueKind = { kind: 'timestamp', unitsPerSecond: 1_000_000_000, isUtc: false };
const fixed = (scale: number): ValueKind => ({ kind: 'decimal', scale, storedType: 'FIXED_LEN_BYTE_ARRAY' });
const millisOfDay: ValueKind = { kind: 'time', unitsPerSecond: 1_000, storedType: 'INT32' };

describe('a stored value is written as', () => {
  it.each<[string, ValueKind, Buffer, string]>([
    ['the least integer', { kind: 'integer' }, int32(-(2 ** 31)), '-2147483648'],
    ['an integer without sign', { kind: 'unsignedInteger' }, int32(-1), '4294967295'],
    ['zero', { kind: 'long' }, int64(0n), '0'],
    ['a number within 2^53', { kind: 'long' }, int64(-(2n ** 52n)), '-4503599627370496'],
    ['a number beyond', { kind: 'long' }, int64(2n ** 53n + 1n), '9007199254740993'],
    ['the least of 64 bits', { kind: 'long' }, int64(-(2n ** 63n)), '-9223372036854775808'],
    ['the largest without sign', { kind: 'unsignedLong' }, int64(-1n), '18446744073709551615'],
    ['minus zero', { kind: 'double' }, double(-0), '0'],
    ['a day', { kind: 'day' }, int32(11_016), '2000-02-29'],
    ['a day before 1970', { kind: 'day' }, int32(-1), '1969-12-31'],
    ['the first day', { kind: 'day' }, int32(-719_162), '0001-01-01'],
    ['a day before the first', { kind: 'day' }, int32(-719_163), '0000-12-31'],
    ['a day beyond four digits', { kind: 'day' }, int32(2_932_897), '+010000-01-01'],
    ['a day beyond any calendar', { kind: 'day' }, int32(2 ** 31 - 1), '2147483647'],
    ['a moment', micros(true), int64(1_577_934_245_678_901n), '2020-01-02 03:04:05.678901Z'],
    ['a moment before 1970', micros(false), int64(-1n), '1969-12-31 23:59:59.999999'],
    ['a moment without a fraction', micros(false), int64(60_000_000n), '1970-01-01 00:01:00'],
    ['a moment in nanoseconds', nanos, int64(1_577_934_245_678_000_000n), '2020-01-02 03:04:05.678'],
    ['a moment in nanoseconds before 1970', nanos, int64(-1_000n), '1969-12-31 23:59:59.999999'],
    ['a time of day', millisOfDay, int32(86_399_010), '23:59:59.01'],
    ['a time of no day', millisOfDay, int32(-1), '-1'],
    ['an amount', fixed(2), Buffer.from([0xff, 0xfb]), '-0.05'],
    ['an amount of no bytes', fixed(2), Buffer.alloc(0), '0.00'],
    ['an amount of hundreds', fixed(-2), Buffer.from([7]), '700'],
    [
      'an old moment',
      { kind: 'oldTimestamp' },
      Buffer.concat([int64(1_000_000_000n), int32(2_440_589)]),
      '1970-01-02 00:00:01',
    ],
  ])('%s', (_what, kind, stored, text) => {
    expect(written(kind, stored)).toBe(text);
  });

  it('the day that the calendar of JavaScript has, for all days of four centuries', () => {
    for (let day = -100_000; day < 100_000; day += 13) {
      const expected = new Date(day * 86_400_000).toISOString().slice(0, 10);
      if (written({ kind: 'day' }, int32(day)) !== expected) expect(day).toBe(expected);
    }
    expect(written({ kind: 'day' }, int32(100_000))).toBe('2243-10-17');
  });

  it.each([
    0.1,
    0.3,
    -1.5,
    1e-7,
    0.000001,
    123456789.123456,
    999999999.999999,
    1e9,
    1e21,
    5e-324,
    0.1 + 0.2,
    1 / 3,
    NaN,
    -Infinity,
    2 ** 53,
  ])('the fewest digits that stand for %p', (value) => {
    expect(written({ kind: 'double' }, double(value))).toBe(String(value));
  });

  it('the fewest digits, for doubles of all sizes', () => {
    let state = 7;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let i = 0; i < 20_000; i++) {
      const decimals = i % 9;
      const value = Number(((random() - 0.5) * 10 ** (i % 12)).toFixed(decimals));
      const text = written({ kind: 'double' }, double(value));
      if (text !== String(value) && value !== 0) expect(text).toBe(String(value));
    }
    expect(random()).toBeLessThan(1);
  });

  it('a time cut to microseconds, which is counted', () => {
    const losses = { cutTimes: 0 };
    expect(written(nanos, int64(1_001n), losses)).toBe('1970-01-01 00:00:00.000001');
    expect(written(nanos, int64(999n), losses)).toBe('1970-01-01 00:00:00');
    expect(losses.cutTimes).toBe(2);
  });
});
