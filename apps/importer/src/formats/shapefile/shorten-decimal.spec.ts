import { describe, expect, it } from '@jest/globals';
import { shortenDecimal } from './shorten-decimal.js';

const out = Buffer.alloc(64);
const shorten = (text: string): string => {
  const bytes = Buffer.from(`[${text}]`);
  return out.toString('latin1', 0, shortenDecimal(bytes, 1, bytes.length - 1, out));
};

describe('a decimal of more digits than it needs', () => {
  it.each([
    ['1047.290000000000020', '1047.29'],
    ['-1047.289999999999964', '-1047.29'],
    ['0.299999999999999989', '0.3'],
    ['12.000000000000000000', '12'],
    ['0.000000100000000000000', '0.0000001'],
    ['-3.700', '-3.7'],
    ['100.00', '100'],
    ['1999999.999999999990000', '2000000'],
  ])('%s becomes %s', (text, short) => {
    expect(shorten(text)).toBe(short);
    expect(Number(short)).toBe(Number(text));
  });

  it.each([
    '0.30000000000000004',
    '1e-7',
    '007.50',
    '0.00',
    '.50',
    '-.50',
    '12',
    '.000000000000000001',
    '-',
    '',
    '1.2.3',
    '99.999999999999999999',
    '1234567890123456.5',
  ])('%s is left as it is', (text) => {
    expect(shorten(text)).toBe('');
  });

  it('stays the same double, whatever it is', () => {
    let seed = 7;
    const random = (): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
    let shortened = 0;
    for (let n = 0; n < 20_000; n++) {
      const number = (random() - 0.5) * 10 ** Math.floor(random() * 9);
      const rounded = Math.round(number * 1e4) / 1e4;
      const text = (n % 2 === 0 ? rounded : number).toFixed(15);
      const short = shorten(text);
      if (short === '') continue;
      shortened++;
      expect(Number(short)).toBe(Number(text));
    }
    expect(shortened).toBeGreaterThan(8_000);
  });
});
