import type { BitReader } from './bit-reader.js';

const groupSymbols = 50;
const codeBitsMax = 20;

/** A block before it is put back into its order: the bytes, and with which of them the text begins. */
export interface SortedBlock {
  /** Bytes in the lowest eight bits of each entry. */
  readonly entries: Uint32Array;
  readonly count: number;
  readonly first: number;
}

/** A prefix code, by the length of its codes. */
interface PrefixCode {
  readonly limits: Int32Array;
  readonly offsets: Int32Array;
  readonly symbols: Uint16Array;
  readonly minBits: number;
  readonly maxBits: number;
}

/**
 * Reads a block behind its magic and checksum. `entries` is as long as a block may be.
 *
 * @throws an Error when it is no block
 */
export function readBlock(reader: BitReader, entries: Uint32Array): SortedBlock {
  if (reader.bit() === 1) throw new Error('it is of a version that is not used any more');
  const first = reader.read(24);
  const alphabet = readAlphabet(reader);
  const codes = reader.read(3);
  if (codes < 2 || codes > 6) throw new Error('it has no codes');
  const selectors = readSelectors(reader, codes);
  const symbols = alphabet.length + 2;
  const tables = Array.from({ length: codes }, () => readCode(reader, symbols));
  const count = readSymbols(reader, entries, alphabet, selectors, tables);
  if (first >= count) throw new Error('it begins nowhere');
  return { entries, count, first };
}

/** The bytes that occur, in order. */
function readAlphabet(reader: BitReader): Uint8Array {
  const used = reader.read(16);
  const bytes: number[] = [];
  for (let group = 0; group < 16; group++) {
    if ((used & (0x8000 >> group)) === 0) continue;
    const members = reader.read(16);
    for (let i = 0; i < 16; i++) if ((members & (0x8000 >> i)) !== 0) bytes.push(group * 16 + i);
  }
  if (bytes.length === 0) throw new Error('it has no bytes');
  return Uint8Array.from(bytes);
}

/** Which code each group of symbols has. */
function readSelectors(reader: BitReader, codes: number): Uint8Array {
  const selectors = new Uint8Array(reader.read(15));
  if (selectors.length === 0) throw new Error('it has no groups');
  const order = Uint8Array.from({ length: codes }, (_, i) => i);
  for (let i = 0; i < selectors.length; i++) {
    let place = 0;
    while (reader.bit() === 1) if (++place >= codes) throw new Error('it names no code');
    selectors[i] = moveToFront(order, place);
  }
  return selectors;
}

function moveToFront(order: Uint8Array, place: number): number {
  const value = order[place]!;
  order.copyWithin(1, 0, place);
  order[0] = value;
  return value;
}

function readCode(reader: BitReader, symbols: number): PrefixCode {
  const lengths = new Uint8Array(symbols);
  let bits = reader.read(5);
  for (let symbol = 0; symbol < symbols; symbol++) {
    for (;;) {
      if (bits < 1 || bits > codeBitsMax) throw new Error('a code is too long');
      if (reader.bit() === 0) break;
      bits += reader.bit() === 0 ? 1 : -1;
    }
    lengths[symbol] = bits;
  }
  return makeCode(lengths);
}

/** Codes of one length are consecutive numbers, in the order of their symbols. */
function makeCode(lengths: Uint8Array): PrefixCode {
  const counts = new Int32Array(codeBitsMax + 2);
  for (const bits of lengths) counts[bits]!++;
  const symbols = new Uint16Array(lengths.length);
  const limits = new Int32Array(codeBitsMax + 2).fill(-1);
  const offsets = new Int32Array(codeBitsMax + 2);
  let place = 0;
  let code = 0;
  for (let bits = 1; bits <= codeBitsMax; bits++) {
    offsets[bits] = place - code;
    lengths.forEach((length, symbol) => {
      if (length === bits) symbols[place++] = symbol;
    });
    code += counts[bits]!;
    limits[bits] = code - 1;
    code *= 2;
  }
  return {
    limits,
    offsets,
    symbols,
    minBits: lengths.reduce((a, b) => Math.min(a, b)),
    maxBits: lengths.reduce((a, b) => Math.max(a, b)),
  };
}

/** The two lowest symbols are digits of how often the byte at the front is repeated, the highest ends the block. */
function readSymbols(
  reader: BitReader,
  entries: Uint32Array,
  alphabet: Uint8Array,
  selectors: Uint8Array,
  tables: readonly PrefixCode[],
): number {
  const order = alphabet.slice();
  const end = alphabet.length + 1;
  let count = 0;
  let group = 0;
  let left = 0;
  let run = 0;
  let digit = 1;
  let table = tables[0]!;
  for (;;) {
    if (left === 0) {
      if (group === selectors.length) throw new Error('it does not end');
      table = tables[selectors[group++]!]!;
      left = groupSymbols;
    }
    left--;
    const symbol = readSymbol(reader, table);
    if (symbol <= 1) {
      run += digit << symbol;
      digit *= 2;
      if (run > entries.length) throw new Error('it is longer than a block may be');
      continue;
    }
    if (run > 0) {
      if (count + run > entries.length) throw new Error('it is longer than a block may be');
      entries.fill(order[0]!, count, count + run);
      count += run;
      run = 0;
      digit = 1;
    }
    if (symbol === end) return count;
    if (count === entries.length) throw new Error('it is longer than a block may be');
    entries[count++] = moveToFront(order, symbol - 1);
  }
}

function readSymbol(reader: BitReader, { limits, offsets, symbols, minBits, maxBits }: PrefixCode): number {
  let bits = minBits;
  let code = reader.read(bits);
  while (code > limits[bits]!) {
    if (bits === maxBits) throw new Error('it has a code that is none');
    bits++;
    code = (code << 1) | reader.bit();
  }
  const symbol = symbols[code + offsets[bits]!];
  if (symbol === undefined) throw new Error('it has a code that is none');
  return symbol;
}
