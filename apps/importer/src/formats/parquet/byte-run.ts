/** Bytes that are read from their beginning to their end, and never beyond. */
export class ByteRun {
  private readonly origin: number;

  constructor(
    /** The bytes at hand, which may be others after anything was read. */
    public bytes: Buffer,
    /** Where the next byte is. */
    public at: number,
    /** How far the bytes at hand reach. */
    public end: number,
  ) {
    this.origin = at;
  }

  /** How many bytes are left in all. */
  get left(): number {
    return this.end - this.at;
  }

  /** Makes sure that so many bytes are at hand. @throws RangeError when there are not so many */
  need(count: number): void {
    if (!(count >= 0 && count <= this.end - this.at)) this.fetch(count);
  }

  /** Passes over so many bytes, and returns where they begin. @throws RangeError */
  take(count: number): number {
    this.need(count);
    const start = this.at;
    this.at += count;
    return start;
  }

  /** Passes over so many bytes without having them at hand. @throws RangeError */
  skip(count: number): void {
    this.take(count);
  }

  /** Goes to where it is so many bytes from where it began; beyond its end there is nothing to read. */
  seek(offset: number): void {
    this.at = this.origin + offset;
  }

  /** A part of it, of so many bytes, which are passed over. @throws RangeError */
  part(count: number): ByteRun {
    const start = this.take(count);
    return new ByteRun(this.bytes, start, start + count);
  }

  /** The same bytes from here on, read on their own. */
  fork(): ByteRun {
    return new ByteRun(this.bytes, this.at, this.end);
  }

  byte(): number {
    const at = this.take(1);
    return this.bytes[at]!;
  }

  uint32(): number {
    const start = this.take(4);
    return this.bytes.readUInt32LE(start);
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

  /** Brings more bytes to hand, where there are any. @throws RangeError */
  protected fetch(count: number): void {
    throw new RangeError(`${count} bytes are missing`);
  }
}
