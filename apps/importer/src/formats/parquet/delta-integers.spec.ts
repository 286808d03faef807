import { describe, expect, it } from '@jest/globals';
import { ByteRun } from './byte-run.js';
import { DeltaIntegers, skipDeltas } from './delta-integers.js';

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

const zigzag = (value: bigint): number[] => varint((value << 1n) ^ (value >> 63n));
const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

/** As the format says it: blocks of 128, of four times 32. */
function encode(values: readonly bigint[]): Buffer {
  const bytes = [
    ...varint(128n),
    ...varint(4n),
    ...varint(BigInt(values.length)),
    ...zigzag(values[0] ?? 0n),
  ];
  const deltas = values.slice(1).map((value, i) => wrap(value - values[i]!));
  for (let block = 0; block < deltas.length; block += 128) {
    const own = deltas.slice(block, block + 128);
    const least = own.reduce((a, b) => (b < a ? b : a));
    const rests = own.map((delta) => BigInt.asUintN(64, delta - least));
    const minis = [0, 32, 64, 96].map((at) => rests.slice(at, at + 32));
    const widths = minis.map((mini) =>
      Math.max(0, ...mini.map((rest) => (rest === 0n ? 0 : rest.toString(2).length))),
    );
    bytes.push(...zigzag(least), ...widths);
    minis.forEach((mini, index) => {
      if (mini.length === 0) return;
      const width = widths[index]!;
      let bits = 0n;
      mini.forEach((rest, i) => (bits |= rest << BigInt(i * width)));
      for (let i = 0; i < 4 * width; i++) bytes.push(Number((bits >> BigInt(8 * i)) & 0xffn));
    });
  }
  return Buffer.from(bytes);
}

const runOf = (bytes: Buffer): ByteRun => new ByteRun(bytes, 0, bytes.length);

function decode(bytes: Buffer, count: number): bigint[] {
  const deltas = new DeltaIntegers(runOf(bytes));
  return Array.from({ length: count }, () => {
    deltas.next();
    return (BigInt(deltas.high) << 32n) | BigInt(deltas.low);
  });
}

describe('whole numbers as differences', () => {
  it.each<[string, bigint[]]>([
    ['one', [7n]],
    ['a negative one', [-7n]],
    ['equal ones', Array<bigint>(300).fill(5n)],
    ['a sequence', Array.from({ length: 1_000 }, (_, i) => BigInt(i))],
    ['a falling sequence', Array.from({ length: 129 }, (_, i) => BigInt(-3 * i))],
    ['squares beyond 32 bits', Array.from({ length: 500 }, (_, i) => BigInt(i * i) * 1_000_003n)],
    [
      'the least and the largest in turn',
      Array.from({ length: 70 }, (_, i) => (i % 2 === 0 ? -(2n ** 63n) : 2n ** 63n - 1n)),
    ],
    ['anything', Array.from({ length: 400 }, (_, i) => wrap(BigInt(i) * 0x9e3779b97f4a7c15n))],
  ])('%s', (_what, values) => {
    const bytes = encode(values);
    expect(decode(bytes, values.length)).toEqual(values);
    const run = runOf(bytes);
    expect(skipDeltas(run)).toBe(values.length);
    expect(run.at).toBe(bytes.length);
  });

  it('are no more than there are', () => {
    expect(() => decode(encode([1n, 2n]), 3)).toThrow(RangeError);
  });

  it.each<[string, number[]]>([
    ['nothing at all', []],
    ['blocks of nothing', [0, 4, 2, 2]],
    ['no parts of blocks', [0x80, 1, 0, 2, 2]],
    ['parts that are not whole', [0x80, 1, 3, 2, 2]],
    ['a part of 65 bits', [0x80, 1, 4, 2, 2, 0, 65, 0, 0, 0]],
    ['bits that are missing', [0x80, 1, 4, 2, 2, 0, 8, 0, 0, 0]],
    ['a number without end', [0x80, 1, 4, 2, ...Array<number>(12).fill(0xff)]],
  ])('are refused for %s', (_what, bytes) => {
    expect(() => decode(Buffer.from(bytes), 2)).toThrow(RangeError);
  });

  it('are passed over in no more steps than there are bytes, however many they claim to be', () => {
    const run = runOf(Buffer.from([0x80, 1, 4, 0xff, 0xff, 0xff, 0xff, 0x0f, 2, 0, 0, 0, 0, 0]));
    expect(() => skipDeltas(run)).toThrow(RangeError);
  });
});
