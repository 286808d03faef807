/** Bytes that are read from their beginning to their end, and never beyond. */
export class ByteRun {
  constructor(
    readonly bytes: Buffer,
    /** Where the next byte is. */
    public at: number,
    readonly end: number,
  ) {}

  /** Makes sure of so many bytes. @throws RangeError when there are not so many */
  need(count: number): void {
    // Written so that it throws for what is no number as well.
    if (!(count >= 0 && count <= this.end - this.at)) throw new RangeError('bytes are missing');
  }

  /** Passes over so many bytes, and returns where they begin. @throws RangeError */
  take(count: number): number {
    this.need(count);
    const start = this.at;
    this.at += count;
    return start;
  }

  /** A part of it, of so many bytes, which are passed over. @throws RangeError */
  part(count: number): ByteRun {
    const start = this.take(count);
    return new ByteRun(this.bytes, start, start + count);
  }

  /** What was passed over since `start`, as a run of its own. */
  partSince(start: number): ByteRun {
    return new ByteRun(this.bytes, start, this.at);
  }

  byte(): number {
    return this.bytes[this.take(1)]!;
  }

  uint32(): number {
    return this.bytes.readUInt32LE(this.take(4));
  }

  /** A number of seven bits a byte, of 32 bits at most. @throws RangeError */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffff_ffff) break;
        return value;
      }
    }
    throw new RangeError('a number has no end');
  }
}
