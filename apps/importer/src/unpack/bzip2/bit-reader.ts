/** Reads bits, the highest first, from bytes at hand. */
export class BitReader {
  private position = 0;
  private bits = 0;
  private count = 0;

  /** Bits that are left over go on with these bytes. */
  constructor(private bytes: Buffer = Buffer.alloc(0)) {}

  /** How many whole bytes are at hand. */
  get bytesLeft(): number {
    return this.bytes.length - this.position + (this.count >> 3);
  }

  /** Puts more bytes behind those that are left. */
  append(chunk: Buffer): void {
    const rest = this.bytes.subarray(this.position);
    this.bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    this.position = 0;
  }

  /** @throws an Error at the end of the bytes */
  bit(): number {
    if (this.count === 0) {
      if (this.position === this.bytes.length) throw new Error('it ends early');
      this.bits = this.bytes[this.position++]!;
      this.count = 8;
    }
    this.count--;
    return (this.bits >>> this.count) & 1;
  }

  /** Up to 24 bits at once. @throws an Error at the end of the bytes */
  read(wanted: number): number {
    while (this.count < wanted) {
      if (this.position === this.bytes.length) throw new Error('it ends early');
      this.bits = ((this.bits << 8) | this.bytes[this.position++]!) >>> 0;
      this.count += 8;
    }
    this.count -= wanted;
    const value = (this.bits >>> this.count) & ((1 << wanted) - 1);
    // No more than 7 bits stay, so that nothing is ever shifted out.
    this.bits &= (1 << this.count) - 1;
    return value;
  }

  /** 32 bits, as a number that may be negative. */
  readWord(): number {
    return (this.read(16) << 16) | this.read(16);
  }

  /** Goes on at the next whole byte. */
  alignToByte(): void {
    this.count -= this.count & 7;
  }
}
