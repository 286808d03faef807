/** Reads bits from the last to the first, as Zstandard has them: the highest bit that is set in the last byte ends them. */
export class BackwardBits {
  /** How many bits are left; less than none once more were read than there are, which are zeros. */
  left: number;

  /** @throws RangeError when nothing says where the bits end */
  constructor(
    private readonly bytes: Buffer,
    private readonly start: number,
    end: number,
  ) {
    const last = end > start ? bytes[end - 1]! : 0;
    if (last === 0) throw new RangeError('bits have no end');
    this.left = 8 * (end - start - 1) + (31 - Math.clz32(last));
  }

  /** The next bits, 25 at most, without passing over them. */
  peek(count: number): number {
    const from = this.left - count;
    return from >= 0 ? this.at(from, count) : this.at(0, count + from) << -from;
  }

  /** The next bits, 32 at most. */
  take(count: number): number {
    if (count > 16) {
      const high = this.take(count - 16);
      return high * 65_536 + this.take(16);
    }
    const value = this.peek(count);
    this.left -= count;
    return value;
  }

  private at(from: number, count: number): number {
    if (count <= 0) return 0;
    const { bytes } = this;
    const first = this.start + (from >> 3);
    // What lies behind the bits is cut off, whatever it is.
    const held =
      bytes[first]! | (bytes[first + 1]! << 8) | (bytes[first + 2]! << 16) | (bytes[first + 3]! << 24);
    return (held >>> (from & 7)) & ((1 << count) - 1);
  }
}
