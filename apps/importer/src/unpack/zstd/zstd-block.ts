import { BackwardBits } from './backward-bits.js';
import { buildFseTable, type FseTable, readFseTable, singleFseTable } from './fse-table.js';
import { type HuffmanTable, readHuffmanStream, readHuffmanTable } from './huffman-table.js';

/** No block stands for more. */
const blockBytesMax = 128 * 1024;

/** What numbers a code stands for: it begins at a base, and so many bits are added. */
interface Codes {
  readonly bases: readonly number[];
  readonly bits: readonly number[];
}

function codesOf(first: number, bits: readonly number[]): Codes {
  const bases: number[] = [];
  bits.reduce((base, count) => {
    bases.push(base);
    return base + 2 ** count;
  }, first);
  return { bases, bits };
}

const repeat = (count: number, value = 0): number[] => Array<number>(count).fill(value);
/** RFC 8878, 3.1.1.3.2.1.1. */
const literalCodes = codesOf(0, [
  ...repeat(16),
  1,
  1,
  1,
  1,
  2,
  2,
  3,
  3,
  4,
  6,
  7,
  8,
  9,
  10,
  11,
  12,
  13,
  14,
  15,
  16,
]);
const matchCodes = codesOf(3, [
  ...repeat(32),
  1,
  1,
  1,
  1,
  2,
  2,
  3,
  3,
  4,
  4,
  5,
  7,
  8,
  9,
  10,
  11,
  12,
  13,
  14,
  15,
  16,
]);

/** RFC 8878, 3.1.1.3.2.2. */
const predefined = {
  literals: buildFseTable(
    [
      4,
      3,
      ...repeat(6, 2),
      ...repeat(5, 2),
      1,
      1,
      1,
      ...repeat(9, 2),
      3,
      2,
      ...repeat(5, 1),
      ...repeat(4, -1),
    ],
    6,
  ),
  offsets: buildFseTable([...repeat(6, 1), 2, 2, 2, ...repeat(15, 1), ...repeat(5, -1)], 5),
  matches: buildFseTable([1, 4, 3, ...repeat(6, 2), ...repeat(37, 1), ...repeat(7, -1)], 6),
};
const tableLimits = {
  literals: { accuracyMax: 9, symbolMax: 35 },
  offsets: { accuracyMax: 8, symbolMax: 31 },
  matches: { accuracyMax: 9, symbolMax: 52 },
};
type TableName = keyof typeof predefined;

/**
 * Unpacks the blocks of one frame of Zstandard into a buffer that has everything the frame has made so far. No byte is
 * read or written beyond what there is, and every step either makes bytes or takes some.
 *
 * All of it throws a RangeError when the block is damaged.
 */
export class ZstdBlocks {
  private codes: HuffmanTable | null = null;
  private readonly tables: Record<TableName, FseTable | null> = {
    literals: null,
    offsets: null,
    matches: null,
  };
  private readonly offsets = [1, 4, 8];
  private readonly literals: Buffer = Buffer.allocUnsafeSlow(blockBytesMax);
  private literalsBytes = 0;

  private bytes: Buffer = this.literals;

  constructor(
    private readonly out: Buffer,
    /** Where the frame's own bytes begin in `out`. */
    private readonly outStart: number,
  ) {}

  /** Unpacks the block in `bytes[start..end)` to `written`, and returns where it ends there. */
  unpack(bytes: Buffer, start: number, end: number, written: number): number {
    this.bytes = bytes;
    const sequences = this.readLiterals(start, end);
    const outEnd = this.runSequences(sequences, end, written);
    if (outEnd === written || outEnd - written > blockBytesMax)
      throw new RangeError('a block has another size');
    return outEnd;
  }

  /** Reads the literals and returns where the sequences begin. */
  private readLiterals(start: number, end: number): number {
    if (end - start < 2) throw new RangeError('a block is not whole');
    const { bytes, literals } = this;
    const kind = bytes[start]! & 3;
    const form = (bytes[start]! >> 2) & 3;
    if (kind >= 2) return this.readCodedLiterals(start, end, form, kind === 3);
    const headBytes = form === 1 ? 2 : form === 3 ? 3 : 1;
    const at = start + headBytes;
    if (at > end) throw new RangeError('a block is not whole');
    const count = bytes.readUIntLE(start, headBytes) >> (headBytes === 1 ? 3 : 4);
    const length = kind === 1 ? 1 : count;
    if (count > blockBytesMax || at + length > end) throw new RangeError('literals are missing');
    if (kind === 1) literals.fill(bytes[at]!, 0, count);
    else bytes.copy(literals, 0, at, at + count);
    this.literalsBytes = count;
    return at + length;
  }

  private readCodedLiterals(start: number, end: number, form: number, isRepeated: boolean): number {
    const { bytes } = this;
    const headBytes = form < 2 ? 3 : form + 2;
    if (start + headBytes > end) throw new RangeError('a block is not whole');
    const sizeBits = form < 2 ? 10 : form === 2 ? 14 : 18;
    const head = Math.floor(bytes.readUIntLE(start, headBytes) / 16);
    const count = head % 2 ** sizeBits;
    const last = start + headBytes + Math.floor(head / 2 ** sizeBits);
    if (count > blockBytesMax || last > end) throw new RangeError('literals are missing');
    let at = start + headBytes;
    if (!isRepeated) {
      const { table, end: tableEnd } = readHuffmanTable(bytes, at, last);
      this.codes = table;
      at = tableEnd;
    }
    if (this.codes === null) throw new RangeError('there are no codes to repeat');
    const out = this.literals.subarray(0, count);
    if (form === 0) readHuffmanStream(bytes, at, last, this.codes, out);
    else this.readFourStreams(at, last, this.codes, out);
    this.literalsBytes = count;
    return last;
  }

  private readFourStreams(start: number, end: number, codes: HuffmanTable, out: Buffer): void {
    const { bytes } = this;
    if (start + 6 > end) throw new RangeError('literals are missing');
    const each = (out.length + 3) >> 2;
    let at = start + 6;
    for (let stream = 0; stream < 4; stream++) {
      const streamEnd = stream === 3 ? end : at + bytes.readUInt16LE(start + 2 * stream);
      if (streamEnd > end || stream * each > out.length) throw new RangeError('literals are missing');
      const part = out.subarray(
        stream * each,
        stream === 3 ? out.length : Math.min((stream + 1) * each, out.length),
      );
      readHuffmanStream(bytes, at, streamEnd, codes, part);
      at = streamEnd;
    }
  }

  private runSequences(start: number, end: number, written: number): number {
    const { bytes } = this;
    if (start >= end) throw new RangeError('a block is not whole');
    const first = bytes[start]!;
    if (first === 0) {
      if (start + 1 !== end) throw new RangeError('there is more behind the block');
      return this.copyLiterals(0, this.literalsBytes, written);
    }
    const headBytes = first < 128 ? 1 : first < 255 ? 2 : 3;
    if (start + headBytes >= end) throw new RangeError('a block is not whole');
    const count =
      first < 128
        ? first
        : first < 255
          ? ((first - 128) << 8) + bytes[start + 1]!
          : bytes.readUInt16LE(start + 1) + 0x7f00;
    const modes = bytes[start + headBytes]!;
    if ((modes & 3) !== 0) throw new RangeError('a block is of the future');
    let at = start + headBytes + 1;
    at = this.readTable('literals', modes >> 6, at, end);
    at = this.readTable('offsets', (modes >> 4) & 3, at, end);
    at = this.readTable('matches', (modes >> 2) & 3, at, end);
    return this.copySequences(count, new BackwardBits(bytes, at, end), written);
  }

  /** Reads which table is used from here on, and returns where its description ends. */
  private readTable(name: TableName, mode: number, at: number, end: number): number {
    const { accuracyMax, symbolMax } = tableLimits[name];
    switch (mode) {
      case 0:
        this.tables[name] = predefined[name];
        return at;
      case 1: {
        const symbol = at < end ? this.bytes[at]! : Infinity;
        if (symbol > symbolMax) throw new RangeError('a table makes no sense');
        this.tables[name] = singleFseTable(symbol);
        return at + 1;
      }
      case 2: {
        const read = readFseTable(this.bytes, at, end, { accuracyMax, symbolMax });
        this.tables[name] = read.table;
        return read.end;
      }
      default:
        if (this.tables[name] === null) throw new RangeError('there is no table to repeat');
        return at;
    }
  }

  private copySequences(count: number, bits: BackwardBits, start: number): number {
    const literals = this.tables.literals!;
    const offsets = this.tables.offsets!;
    const matches = this.tables.matches!;
    let literalState = bits.take(literals.accuracy);
    let offsetState = bits.take(offsets.accuracy);
    let matchState = bits.take(matches.accuracy);
    let written = start;
    let used = 0;
    for (let i = 1; i <= count; i++) {
      const offsetCode = offsets.symbols[offsetState]!;
      const matchCode = matches.symbols[matchState]!;
      const literalCode = literals.symbols[literalState]!;
      const offsetValue = 2 ** offsetCode + bits.take(offsetCode);
      const matchBytes = matchCodes.bases[matchCode]! + bits.take(matchCodes.bits[matchCode]!);
      const literalBytes = literalCodes.bases[literalCode]! + bits.take(literalCodes.bits[literalCode]!);
      if (i < count) {
        literalState = literals.bases[literalState]! + bits.take(literals.bits[literalState]!);
        matchState = matches.bases[matchState]! + bits.take(matches.bits[matchState]!);
        offsetState = offsets.bases[offsetState]! + bits.take(offsets.bits[offsetState]!);
      }
      if (bits.left < 0) throw new RangeError('bits are missing');
      written = this.copyLiterals(used, literalBytes, written);
      used += literalBytes;
      written = this.copyMatch(this.offsetOf(offsetValue, literalBytes === 0), matchBytes, written);
    }
    if (bits.left !== 0) throw new RangeError('there are bits behind the last sequence');
    return this.copyLiterals(used, this.literalsBytes - used, written);
  }

  /** Small values are one of the last three offsets. */
  private offsetOf(value: number, hasNoLiterals: boolean): number {
    const { offsets } = this;
    if (value > 3) {
      offsets.pop();
      offsets.unshift(value - 3);
      return value - 3;
    }
    const index = value - 1 + (hasNoLiterals ? 1 : 0);
    const offset = index === 3 ? offsets[0]! - 1 : offsets[index]!;
    if (index > 0) {
      if (index > 1) offsets[2] = offsets[1]!;
      offsets[1] = offsets[0]!;
      offsets[0] = offset;
    }
    return offset;
  }

  private copyLiterals(from: number, count: number, written: number): number {
    const { literals, out } = this;
    if (count < 0 || from + count > this.literalsBytes || count > out.length - written) {
      throw new RangeError('literals are missing');
    }
    literals.copy(out, written, from, from + count);
    return written + count;
  }

  private copyMatch(offset: number, count: number, written: number): number {
    const { out } = this;
    if (!(offset > 0) || offset > written - this.outStart || count > out.length - written) {
      throw new RangeError('a copy lies outside');
    }
    const end = written + count;
    for (let from = written - offset, at = written; at < end;) out[at++] = out[from++]!;
    return end;
  }
}
