import { BackwardBits } from './backward-bits.js';
import { readFseTable } from './fse-table.js';

const bitsMax = 11;
const weightsMax = 255;
const weightAccuracyMax = 6;

/** A table of Huffman codes: what the next bits, as many as the longest code has, begin with. */
export interface HuffmanTable {
  readonly width: number;
  readonly symbols: Uint8Array;
  /** How many bits the symbol's own code has. */
  readonly bits: Uint8Array;
}

/**
 * Reads the description of a table, at `start`, and returns the table and where it ends.
 *
 * @throws RangeError when it makes no sense
 */
export function readHuffmanTable(
  bytes: Buffer,
  start: number,
  end: number,
): { table: HuffmanTable; end: number } {
  if (start >= end) throw new RangeError('a table is not whole');
  const head = bytes[start]!;
  const isPacked = head < 128;
  const count = head - 127;
  const length = isPacked ? head : (count + 1) >> 1;
  const tableEnd = start + 1 + length;
  if (tableEnd > end) throw new RangeError('a table is not whole');
  const weights = isPacked
    ? unpackWeights(bytes, start + 1, tableEnd)
    : Array.from({ length: count }, (_, i) => {
        const pair = bytes[start + 1 + (i >> 1)]!;
        return i % 2 === 0 ? pair >> 4 : pair & 15;
      });
  return { table: buildTable(weights), end: tableEnd };
}

/** Weights come from two states in turn, until there are no bits any more. */
function unpackWeights(bytes: Buffer, start: number, end: number): number[] {
  const limits = { accuracyMax: weightAccuracyMax, symbolMax: bitsMax + 1 };
  const { table, end: tableEnd } = readFseTable(bytes, start, end, limits);
  const bits = new BackwardBits(bytes, tableEnd, end);
  const states = [bits.take(table.accuracy), bits.take(table.accuracy)];
  const weights: number[] = [];
  for (let turn = 0; weights.length < weightsMax; turn = 1 - turn) {
    const state = states[turn]!;
    weights.push(table.symbols[state]!);
    states[turn] = table.bases[state]! + bits.take(table.bits[state]!);
    if (bits.left < 0) {
      weights.push(table.symbols[states[1 - turn]!]!);
      break;
    }
  }
  if (weights.length > weightsMax) throw new RangeError('a table has too many symbols');
  return weights;
}

function buildTable(weights: readonly number[]): HuffmanTable {
  let sum = 0;
  for (const weight of weights) {
    if (weight > bitsMax) throw new RangeError('a code is too long');
    if (weight > 0) sum += 1 << (weight - 1);
  }
  const width = 32 - Math.clz32(sum);
  // The last weight is not written: it is what fills the table.
  const left = (1 << width) - sum;
  const isWhole = sum > 0 && width <= bitsMax && (left & (left - 1)) === 0;
  if (!isWhole) throw new RangeError('a table of codes makes no sense');
  const all = [...weights, 32 - Math.clz32(left)];
  const symbols = new Uint8Array(1 << width);
  const bits = new Uint8Array(1 << width);
  let at = 0;
  for (let weight = 1; weight <= width; weight++) {
    for (let symbol = 0; symbol < all.length; symbol++) {
      if (all[symbol] !== weight) continue;
      const cells = 1 << (weight - 1);
      symbols.fill(symbol, at, at + cells);
      bits.fill(width + 1 - weight, at, at + cells);
      at += cells;
    }
  }
  return { width, symbols, bits };
}

/**
 * Reads a stream of codes into all of `out`.
 *
 * @throws RangeError when it stands for another number of symbols
 */
export function readHuffmanStream(
  bytes: Buffer,
  start: number,
  end: number,
  table: HuffmanTable,
  out: Buffer,
): void {
  const stream = new BackwardBits(bytes, start, end);
  const { width, symbols, bits } = table;
  for (let i = 0; i < out.length; i++) {
    const next = stream.peek(width);
    out[i] = symbols[next]!;
    stream.left -= bits[next]!;
    if (stream.left < 0) throw new RangeError('bits are missing');
  }
  if (stream.left !== 0) throw new RangeError('there are bits behind the last symbol');
}
