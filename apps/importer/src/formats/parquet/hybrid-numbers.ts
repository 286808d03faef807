import type { ByteRun } from './byte-run.js';

const widthMax = 32;
/** Up to here bits are collected without leaving the integers of 32 bits. */
const shortWidthMax = 24;

/**
 * Reads numbers of `width` bits in Parquet's mixture of runs and packed bits, one after the other. Whatever the bytes say,
 * nothing is read beyond them; a run may stand for more numbers than anybody asks for.
 */
export class HybridNumbers {
  private left = 0;
  private isPacked = false;
  private value = 0;
  private bits = 0;
  private held = 0;
  private readonly range: number;

  /** @throws RangeError when there are no numbers of so many bits */
  constructor(
    private readonly run: ByteRun,
    private readonly width: number,
  ) {
    if (!(width >= 0 && width <= widthMax)) throw new RangeError('numbers are wider than 32 bits');
    this.range = 2 ** width;
  }

  /** The next number. @throws RangeError when the bytes end before, or make no sense */
  next(): number {
    if (this.width === 0) return 0;
    if (this.left === 0) this.beginRun();
    this.left--;
    return this.isPacked ? this.unpack() : this.value;
  }

  private beginRun(): void {
    const header = this.run.varint();
    const length = Math.floor(header / 2);
    if (length === 0) throw new RangeError('a run is empty');
    this.isPacked = header % 2 === 1;
    this.left = this.isPacked ? 8 * length : length;
    this.bits = 0;
    this.held = 0;
    if (!this.isPacked) this.value = this.readWhole();
  }

  private readWhole(): number {
    const bytes = Math.ceil(this.width / 8);
    const start = this.run.take(bytes);
    const value = this.run.bytes.readUIntLE(start, bytes);
    // Such a value cannot be written in so many bits.
    if (value >= this.range) throw new RangeError('a run has too large a value');
    return value;
  }

  private unpack(): number {
    const { run, width } = this;
    const isShort = width <= shortWidthMax;
    while (this.held < width) {
      if (run.at >= run.end) run.need(1);
      const byte = run.bytes[run.at++]!;
      this.bits = isShort ? this.bits | (byte << this.held) : this.bits + byte * 2 ** this.held;
      this.held += 8;
    }
    this.held -= width;
    if (isShort) {
      const value = this.bits & (this.range - 1);
      this.bits >>>= width;
      return value;
    }
    const value = this.bits % this.range;
    this.bits = Math.floor(this.bits / this.range);
    return value;
  }
}
