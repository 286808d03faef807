import { describe, expect, it } from '@jest/globals';
import { isNumeric, parseDecimal, parseLongInteger, parseShortInteger } from './parse-number.js';

/** Calls a parser with the text in the midst of other bytes that would be part of a number. */
function within<T>(parse: (bytes: Buffer, start: number, end: number) => T, text: string): T {
  const bytes = Buffer.from(`9.${text}5e1`);
  return parse(bytes, 2, 2 + Buffer.byteLength(text));
}

const shortInteger = (text: string): number => within(parseShortInteger, text);
const longInteger = (text: string): bigint | null => within(parseLongInteger, text);
const decimal = (text: string): number => within(parseDecimal, text);

/** A generator that gives the same numbers on every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('parseShortInteger', () => {
  it.each([
    ['0', 0],
    ['7', 7],
    ['-7', -7],
    ['10', 10],
    ['2147483647', 2_147_483_647],
    ['2147483648', 2_147_483_648],
    ['-2147483649', -2_147_483_649],
    ['999999999999999', 999_999_999_999_999],
    ['-999999999999999', -999_999_999_999_999],
  ])('reads %s', (text, value) => {
    expect(shortInteger(text)).toBe(value);
  });

  it.each([
    '',
    '-',
    '007',
    '00',
    '-0',
    '-07',
    '+7',
    '1.0',
    '1e5',
    '1 ',
    ' 1',
    '1a',
    'a',
    '٣',
    '1234567890123456',
    '0x10',
    '1_000',
    '1,000',
  ])('leaves %j alone', (text) => {
    expect(shortInteger(text)).toBeNaN();
  });
});

describe('parseLongInteger', () => {
  it.each([
    '1000000000000000',
    '-1000000000000000',
    '9007199254740992',
    '9007199254740993',
    '-9007199254740993',
    '9223372036854775807',
    '-9223372036854775808',
  ])('reads %s to the last digit', (text) => {
    expect(longInteger(text)).toBe(BigInt(text));
  });

  it.each([
    '9223372036854775808',
    '-9223372036854775809',
    '10000000000000000000',
    '12345678901234567890',
    '-99999999999999999999',
    '0000000000000001',
    '-000000000000001',
    '+1000000000000000',
    '1000000000000000.',
    '1000000000000000e',
    '999999999999999',
    '',
  ])('leaves %j alone', (text) => {
    expect(longInteger(text)).toBeNull();
  });
});

describe('parseDecimal', () => {
  it.each([
    ['1.5', 1.5],
    ['-1.5', -1.5],
    ['0.5', 0.5],
    ['.5', 0.5],
    ['-.5', -0.5],
    ['1.50', 1.5],
    ['0.1', 0.1],
    ['-0', -0],
    ['-0.0', -0],
    ['0.0', 0],
    ['1e+5', 1e5],
    ['1E+5', 1e5],
    ['1.0E5', 1e5],
    ['1e-5', 1e-5],
    ['1.25e-3', 0.00125],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['5e-324', Number.MIN_VALUE],
    ['0e+0', 0],
    ['0.000000000000001', 1e-15],
    ['1234567.12345678', 1234567.12345678],
    ['0.00000000000000000000000000000001234', 1.234e-32],
    ['0.30000000000000004', 0.30000000000000004],
  ])('reads %s', (text, value) => {
    expect(decimal(text)).toBe(value);
  });

  it.each([
    '',
    '-',
    '.',
    '-.',
    '1',
    '12',
    '5.',
    '00.5',
    '-00.5',
    '01e5',
    '1e5',
    '1E5',
    '0e0',
    '0.1234567890123456789',
    '0.10000000000000001',
    '123456789.123456789',
    '4e-324',
    '+1.5',
    '1.5.5',
    '1..5',
    '1,5',
    '1.5e',
    '1.5e+',
    'e5',
    '.e5',
    '1e5.5',
    '1e 5',
    '1e12345',
    '1e400',
    '-1e400',
    '1e-400',
    '1.5f',
    'NaN',
    'Infinity',
    '-Infinity',
    '0x1p3',
    '1.5 ',
    '--1.5',
  ])('leaves %j alone', (text) => {
    expect(decimal(text)).toBeNaN();
  });

  /** A decimal as whole number and power of ten, without zeros at its end. */
  const exactly = (text: string): string => {
    const [mantissa = '', exponent = '0'] = text.split('e');
    const [whole = '', fraction = ''] = mantissa.split('.');
    let value = BigInt(whole + fraction);
    let power = Number(exponent) - fraction.length;
    for (; value !== 0n && value % 10n === 0n; value /= 10n) power++;
    return `${value}e${value === 0n ? 0 : power}`;
  };

  it('reads a decimal as the double that is nearest, and no other than one whose digits it gives back', () => {
    const random = seeded(7);
    const digits = (count: number): string =>
      Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
    const wrong: string[] = [];
    for (let n = 0; n < 20_000; n++) {
      const whole = String(Math.floor(random() * 10 ** Math.floor(random() * 12)));
      const fraction = digits(1 + Math.floor(random() * 12));
      const exponent = random() < 0.2 ? `e${Math.floor(random() * 60) - 30}` : '';
      const text = `${random() < 0.5 ? '-' : ''}${whole}.${fraction}${exponent}`;
      const nearest = Number(text);
      const expected = exactly(text) === exactly(String(nearest)) ? nearest : NaN;
      if (!Object.is(decimal(text), expected)) wrong.push(text);
    }
    expect(wrong).toEqual([]);
  });

  it('reads back every double that is written in its shortest form', () => {
    const random = seeded(11);
    const view = new DataView(new ArrayBuffer(8));
    const wrong: number[] = [];
    for (let n = 0; n < 20_000; n++) {
      view.setUint32(0, Math.floor(random() * 2 ** 32));
      view.setUint32(4, Math.floor(random() * 2 ** 32));
      const value = view.getFloat64(0);
      if (!Number.isFinite(value) || Number.isInteger(value)) continue;
      if (!Object.is(decimal(String(value)), value)) wrong.push(value);
    }
    expect(wrong).toEqual([]);
  });
});

describe('isNumeric', () => {
  it.each([
    '0',
    '7',
    '-7',
    '12345678901234567890123456789012345678',
    '0.1234567890123456789',
    '-.5',
    '1.50',
    '0.0',
    '1.5e-7',
    '1.5E7',
    '1e-05',
    '1e+20',
  ])('takes %s', (text) => {
    expect(within(isNumeric, text)).toBe(true);
  });

  it.each([
    '',
    '-',
    '.',
    '5.',
    '007',
    '01.5',
    '+1',
    '-0',
    '-0.0',
    '1E5',
    '1,5',
    'NaN',
    '1.5e1234',
    '1.5 ',
    '0x1',
  ])('leaves %j alone', (text) => {
    expect(within(isNumeric, text)).toBe(false);
  });
});
