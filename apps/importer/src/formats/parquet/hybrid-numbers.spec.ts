import { describe, expect, it } from '@jest/globals';
import { ByteRun } from './byte-run.js';
import { HybridNumbers } from './hybrid-numbers.js';

const numbersOf = (bytes: readonly number[], width: number): HybridNumbers =>
  new HybridNumbers(new ByteRun(Buffer.from(bytes), 0, bytes.length), width);
const take = (numbers: HybridNumbers, count: number): number[] =>
  Array.from({ length: count }, () => numbers.next());

describe('numbers in runs and packed bits', () => {
  it.each<[string, number[], number, number[]]>([
    ['packed, as the format shows it', [0x03, 0x88, 0xc6, 0xfa], 3, [0, 1, 2, 3, 4, 5, 6, 7]],
    ['a run of one value', [0x08, 0x05], 3, [5, 5, 5, 5]],
    ['a run of a value of two bytes', [0x04, 0x34, 0x12], 13, [0x1234, 0x1234]],
    [
      'a run, then packed bits, then a run',
      [0x04, 0x01, 0x03, 0b0110_0110, 0x02, 0x01],
      1,
      [1, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1],
    ],
    ['without any bits', [], 0, [0, 0, 0]],
    [
      'packed in 32 bits',
      [0x03, ...Array<number>(28).fill(0xff), 1, 0, 0, 0x80],
      32,
      [...Array<number>(7).fill(0xffff_ffff), 0x8000_0001],
    ],
    ['packed bits that end with the last value that is needed', [0x03, 0x88], 3, [0, 1]],
  ])('%s', (_what, bytes, width, expected) => {
    expect(take(numbersOf(bytes, width), expected.length)).toEqual(expected);
  });

  it('packed in any width are those that were packed', () => {
    for (let width = 1; width <= 32; width++) {
      const values = Array.from({ length: 16 }, (_, i) => (i * 2_654_435_761) % 2 ** width);
      let bits = 0n;
      values.forEach((value, i) => (bits |= BigInt(value) << BigInt(i * width)));
      const bytes = Array.from({ length: 2 * width }, (_, i) => Number((bits >> BigInt(8 * i)) & 0xffn));
      expect(take(numbersOf([0x05, ...bytes], width), 16)).toEqual(values);
    }
  });

  it('of a run that goes on and on are taken one by one, whatever it claims', () => {
    const numbers = numbersOf([0xfe, 0xff, 0xff, 0xff, 0x0f, 0x01], 1);
    expect(take(numbers, 1_000)).toEqual(Array<number>(1_000).fill(1));
  });

  it.each<[string, number[], number]>([
    ['nothing at all', [], 3],
    ['a length without end', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 3],
    ['a run of nothing', [0x00, 0x01], 3],
    ['a run without its value', [0x04], 3],
    ['a value that has more bits than it may', [0x04, 0x09], 3],
    ['packed bits that are missing', [0x03], 3],
  ])('are refused for %s', (_what, bytes, width) => {
    expect(() => numbersOf(bytes, width).next()).toThrow(RangeError);
  });

  it('cannot have more than 32 bits', () => {
    expect(() => numbersOf([0x02], 33)).toThrow(RangeError);
  });
});
