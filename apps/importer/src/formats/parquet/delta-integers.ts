import type { ByteRun } from './byte-run.js';

/** Larger blocks are the work of damage; programs write 128 values a block. */
const blockValuesMax = 1 << 20;
const widthMax = 64;

interface DeltaHeader {
  readonly perMiniblock: number;
  readonly miniblocks: number;
  readonly count: number;
}

function readHeader(run: ByteRun): DeltaHeader {
  const blockValues = run.varint();
  const miniblocks = run.varint();
  const count = run.varint();
  const perMiniblock = blockValues / miniblocks;
  const isRight = blockValues <= blockValuesMax && perMiniblock >= 8 && perMiniblock % 8 === 0;
  if (!isRight) throw new RangeError('blocks of differences make no sense');
  return { perMiniblock, miniblocks, count };
}

/**
 * Passes over differences without reading them, so that what follows is found before they are. Returns how many values
 * they stand for. @throws RangeError
 */
export function skipDeltas(run: ByteRun): number {
  const { perMiniblock, miniblocks, count } = readHeader(run);
  skipLong(run);
  for (let left = count - 1; left > 0;) {
    skipLong(run);
    const widths = takeWidths(run, miniblocks);
    for (let i = 0; i < miniblocks && left > 0; i++, left -= perMiniblock) {
      const bytes = (perMiniblock / 8) * widthAt(widths, i);
      // The last one may end with its last value.
      run.skip(left <= perMiniblock ? Math.min(bytes, run.left) : bytes);
    }
  }
  return count;
}

function skipLong(run: ByteRun): void {
  for (let read = 1; run.byte() >= 0x80; read++) if (read === 10) throw new RangeError('a number has no end');
}

/** How many bits the parts of a block have; a copy, since the block is read on from its beginning to its end. */
function takeWidths(run: ByteRun, miniblocks: number): Buffer {
  const start = run.take(miniblocks);
  return Buffer.from(run.bytes.subarray(start, start + miniblocks));
}

function widthAt(widths: Buffer, index: number): number {
  const width = widths[index]!;
  if (width > widthMax) throw new RangeError('differences are wider than 64 bits');
  return width;
}

/**
 * Reads whole numbers that are written as differences (DELTA_BINARY_PACKED), one after the other. Arithmetic is that of
 * 64 bits, in two halves; it wraps around as the format demands, of which 32 bits are the lower half.
 */
export class DeltaIntegers {
  /** The halves of the number that was read last; `high` has its sign. */
  low = 0;
  high = 0;
  /** How many numbers there are. */
  readonly count: number;
  private readonly header: DeltaHeader;
  private left: number;
  private isFirst = true;
  private minimumLow = 0;
  private minimumHigh = 0;
  private widths: Buffer = Buffer.alloc(0);
  private miniblock: number;
  private inMiniblock = 0;
  private width = 0;
  private bit = 0;
  private longLow = 0;
  private longHigh = 0;

  /** @throws RangeError */
  constructor(private readonly run: ByteRun) {
    this.header = readHeader(run);
    this.count = this.header.count;
    this.left = this.count;
    this.miniblock = this.header.miniblocks;
    this.readLong();
    this.low = this.longLow;
    this.high = this.longHigh;
  }

  /** Reads the next number. @throws RangeError when there is none */
  next(): void {
    if (this.left-- <= 0) throw new RangeError('numbers are missing');
    if (this.isFirst) {
      this.isFirst = false;
      return;
    }
    if (this.inMiniblock === 0) this.beginMiniblock();
    this.inMiniblock--;
    const { width } = this;
    const low = width === 0 ? 0 : this.takeBits(Math.min(width, 32));
    const high = width <= 32 ? 0 : this.takeBits(width - 32);
    this.add(low, high);
    this.add(this.minimumLow, this.minimumHigh);
  }

  private add(low: number, high: number): void {
    const sum = this.low + low;
    this.high = (this.high + high + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    this.low = sum >>> 0;
  }

  private beginMiniblock(): void {
    const { run, header } = this;
    if (this.miniblock === header.miniblocks) {
      this.readLong();
      this.minimumLow = this.longLow;
      this.minimumHigh = this.longHigh;
      this.widths = takeWidths(run, header.miniblocks);
      this.miniblock = 0;
    }
    this.width = widthAt(this.widths, this.miniblock);
    this.miniblock++;
    this.inMiniblock = header.perMiniblock;
    this.bit = 0;
  }

  /** Bits that are as many as asked for, 32 at most; whole bytes are over when a miniblock is. */
  private takeBits(count: number): number {
    const { run } = this;
    let value = 0;
    for (let got = 0; got < count;) {
      if (run.at >= run.end) run.need(1);
      const taken = Math.min(8 - this.bit, count - got);
      value += ((run.bytes[run.at]! >>> this.bit) & ((1 << taken) - 1)) * 2 ** got;
      got += taken;
      this.bit += taken;
      if (this.bit === 8) {
        this.bit = 0;
        run.at++;
      }
    }
    return value;
  }

  /** A number of 64 bits, seven a byte, with its sign in the last bit. */
  private readLong(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      if (shift > 63) throw new RangeError('a number has no end');
      const byte = this.run.byte();
      const bits = byte & 0x7f;
      if (shift < 32) low = (low | (bits << shift)) >>> 0;
      if (shift >= 32) high |= bits << (shift - 32);
      else if (shift > 25) high |= bits >>> (32 - shift);
      if (byte < 0x80) break;
    }
    const isNegative = (low & 1) === 1;
    low = ((low >>> 1) | (high << 31)) >>> 0;
    high >>>= 1;
    this.longLow = isNegative ? ~low >>> 0 : low;
    this.longHigh = (isNegative ? ~high : high) | 0;
  }
}
