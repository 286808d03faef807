import type { ByteRun } from './byte-run.js';
import type { DictionaryEntries } from './dictionary-entries.js';
import { DeltaIntegers, skipDeltas } from './delta-integers.js';
import { HybridNumbers } from './hybrid-numbers.js';
import { encoding } from './page-header.js';
import { unsupportedFile } from './damaged-file.js';
import type { SchemaNode, StoredType } from './schema-tree.js';

/**
 * The values of a page, one after the other, as bytes as plain as Parquet has them: numbers little-endian, yes and no in
 * a byte. Where a value lies is only valid until the next one.
 */
export interface StoredValues {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Goes to the next value, at the beginning to the first. @throws RangeError when the bytes end before */
  next(): void;
}

const bytesOfTypes: Record<StoredType, number> = {
  BOOLEAN: 1,
  INT32: 4,
  INT64: 8,
  INT96: 12,
  FLOAT: 4,
  DOUBLE: 8,
  BYTE_ARRAY: 0,
  FIXED_LEN_BYTE_ARRAY: 0,
};

/** How many bytes each value of a leaf has; 0 where each has its own length. */
export function valueBytes({ storedType, bytes }: SchemaNode): number {
  return storedType === 'FIXED_LEN_BYTE_ARRAY' ? bytes : bytesOfTypes[storedType!];
}

/**
 * Opens the values that a run of bytes holds, up to `count` of them.
 *
 * @throws RangeError when they make no sense, SyncError `file-type-unsupported` when they are written in an unknown way
 */
export function openValues(
  leaf: SchemaNode,
  how: number,
  run: ByteRun,
  dictionary: DictionaryEntries | null,
): StoredValues {
  const type = leaf.storedType!;
  const width = valueBytes(leaf);
  switch (how) {
    case encoding.plain:
      if (type === 'BOOLEAN') return new PackedFlags(run);
      return width === 0 ? new PlainTexts(run) : new PlainValues(run, width);
    case encoding.plainDictionary:
    case encoding.rleDictionary:
      if (dictionary === null) throw new RangeError('there is no dictionary');
      return new DictionaryValues(run, dictionary);
    case encoding.rle:
      if (type !== 'BOOLEAN') break;
      return new RunFlags(run);
    case encoding.deltaBinaryPacked:
      if (type !== 'INT32' && type !== 'INT64') break;
      return new DeltaValues(run, width);
    case encoding.deltaLengthByteArray:
      if (width !== 0) break;
      return new DeltaTexts(run);
    case encoding.deltaByteArray:
      if (type !== 'BYTE_ARRAY' && type !== 'FIXED_LEN_BYTE_ARRAY') break;
      return new PrefixedTexts(run, width);
    case encoding.byteStreamSplit:
      if (width === 0 || type === 'BOOLEAN') break;
      return new SplitValues(run, width);
    default:
      throw unsupportedFile('whose values are encoded in an unknown way');
  }
  throw new RangeError('values are encoded in a way that their type does not have');
}

class PlainValues implements StoredValues {
  start = 0;
  end = 0;

  constructor(
    private readonly run: ByteRun,
    private readonly width: number,
  ) {}

  get bytes(): Buffer {
    return this.run.bytes;
  }

  next(): void {
    this.start = this.run.take(this.width);
    this.end = this.run.at;
  }
}

class PlainTexts implements StoredValues {
  start = 0;
  end = 0;

  constructor(private readonly run: ByteRun) {}

  get bytes(): Buffer {
    return this.run.bytes;
  }

  next(): void {
    this.start = this.run.take(this.run.uint32());
    this.end = this.run.at;
  }
}

class PackedFlags implements StoredValues {
  readonly bytes = Buffer.alloc(1);
  readonly start = 0;
  readonly end = 1;
  private bits = 0;
  private held = 0;

  constructor(private readonly run: ByteRun) {}

  next(): void {
    if (this.held === 0) {
      this.bits = this.run.byte();
      this.held = 8;
    }
    this.bytes[0] = this.bits & 1;
    this.bits >>>= 1;
    this.held--;
  }
}

/** Yes and no as runs, with their length before. */
class RunFlags implements StoredValues {
  readonly bytes = Buffer.alloc(1);
  readonly start = 0;
  readonly end = 1;
  private readonly numbers: HybridNumbers;

  constructor(run: ByteRun) {
    this.numbers = new HybridNumbers(run.part(run.uint32()), 1);
  }

  next(): void {
    this.bytes[0] = this.numbers.next();
  }
}

class DictionaryValues implements StoredValues {
  private readonly numbers: HybridNumbers;

  constructor(
    run: ByteRun,
    private readonly entries: DictionaryEntries,
  ) {
    // A page of nothing but nothings may have no bytes at all.
    this.numbers = new HybridNumbers(run, run.left === 0 ? 32 : run.byte());
  }

  get bytes(): Buffer {
    return this.entries.bytes;
  }

  get start(): number {
    return this.entries.start;
  }

  get end(): number {
    return this.entries.end;
  }

  next(): void {
    this.entries.goTo(this.numbers.next());
  }
}

class DeltaValues implements StoredValues {
  readonly bytes = Buffer.alloc(8);
  readonly start = 0;
  private readonly deltas: DeltaIntegers;

  constructor(
    run: ByteRun,
    readonly end: number,
  ) {
    this.deltas = new DeltaIntegers(run);
  }

  next(): void {
    this.deltas.next();
    this.bytes.writeUInt32LE(this.deltas.low, 0);
    this.bytes.writeInt32LE(this.deltas.high, 4);
  }
}

/** The next of lengths, which are differences. @throws RangeError */
function nextLength(lengths: DeltaIntegers): number {
  lengths.next();
  // Lengths have 32 bits, and a sign that none of them may have.
  if (lengths.low > 0x7fff_ffff) throw new RangeError('a length is less than nothing');
  return lengths.low;
}

/** Opens differences, and moves `run` behind them. */
function openDeltas(run: ByteRun): DeltaIntegers {
  const own = run.fork();
  skipDeltas(run);
  return new DeltaIntegers(own);
}

/** All lengths, then all texts. */
class DeltaTexts implements StoredValues {
  start = 0;
  end = 0;
  private readonly lengths: DeltaIntegers;

  constructor(private readonly run: ByteRun) {
    this.lengths = openDeltas(run);
  }

  get bytes(): Buffer {
    return this.run.bytes;
  }

  next(): void {
    this.start = this.run.take(nextLength(this.lengths));
    this.end = this.run.at;
  }
}

/** How much of the one before each text begins with, then what follows. */
class PrefixedTexts implements StoredValues {
  bytes: Buffer = Buffer.alloc(1024);
  readonly start = 0;
  end = 0;
  private readonly prefixes: DeltaIntegers;
  private readonly lengths: DeltaIntegers;

  constructor(
    private readonly run: ByteRun,
    /** 0 for texts of any length. */
    private readonly width: number,
  ) {
    this.prefixes = openDeltas(run);
    this.lengths = openDeltas(run);
  }

  next(): void {
    const prefix = nextLength(this.prefixes);
    const length = nextLength(this.lengths);
    if (prefix > this.end) throw new RangeError('the text before is shorter');
    const from = this.run.take(length);
    // Never larger than twice the page, since every byte of it was in there.
    if (prefix + length > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (prefix + length));
      this.bytes.copy(larger, 0, 0, prefix);
      this.bytes = larger;
    }
    this.run.bytes.copy(this.bytes, prefix, from, from + length);
    this.end = prefix + length;
    if (this.width !== 0 && this.end !== this.width) throw new RangeError('a value has another length');
  }
}

/** The first bytes of all values, then the second ones and so on. */
class SplitValues implements StoredValues {
  readonly bytes: Buffer;
  readonly start = 0;
  readonly end: number;
  private readonly parts: ByteRun[] = [];

  constructor(run: ByteRun, width: number) {
    this.bytes = Buffer.alloc(width);
    this.end = width;
    const count = run.left / width;
    if (!Number.isInteger(count)) throw new RangeError('a value is not whole');
    for (let i = 0; i < width; i++) this.parts.push(run.part(count));
  }

  next(): void {
    for (let i = 0; i < this.end; i++) this.bytes[i] = this.parts[i]!.byte();
  }
}
