/** The types of Thrift's compact protocol, as far as their contents are read. */
export const thriftType = { yes: 1, no: 2, binary: 8, list: 9, struct: 12 } as const;

/** Structures and lists lie less deep in each other in all that Parquet describes. */
const depthMax = 32;

/**
 * Reads structures in Thrift's compact protocol. What the bytes say is bounded by how many there are: a list cannot have
 * more entries than bytes follow, and every step takes at least one.
 *
 * All of it throws a RangeError where the bytes make no sense, or end.
 */
export class ThriftReader {
  private depth = 0;

  constructor(
    private readonly bytes: Buffer,
    /** Where the next byte is. */
    public at: number,
    private readonly end: number,
  ) {}

  /** Reads a structure; `visit` reads the field, or returns false for one to be passed over. */
  struct(visit: (id: number, type: number) => boolean): void {
    this.enter();
    for (let id = 0, header = this.byte(); header !== 0; header = this.byte()) {
      const type = header & 0x0f;
      id = header >> 4 === 0 ? this.integer() : id + (header >> 4);
      if (!visit(id, type)) this.skip(type);
    }
    this.depth--;
  }

  /** Reads a list of structures, lists or texts, each with `readEntry`. */
  list(readEntry: (index: number) => void): void {
    const { count } = this.listHeader();
    this.enter();
    for (let i = 0; i < count; i++) readEntry(i);
    this.depth--;
  }

  /** A whole number; beyond 2^53 it is not exact. */
  integer(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Where a text, or other bytes, lie; they are passed over. */
  binary(): { start: number; end: number } {
    const start = this.advance(this.varint());
    return { start, end: this.at };
  }

  text(): string {
    const { start, end } = this.binary();
    return this.bytes.toString('utf8', start, end);
  }

  /** A small number, in a byte of its own. */
  byte(): number {
    return this.bytes[this.advance(1)]!;
  }

  skip(type: number): void {
    switch (type) {
      case 1:
      case 2:
        return;
      case 3:
        this.advance(1);
        return;
      case 4:
      case 5:
      case 6:
        this.varint();
        return;
      case 7:
        this.advance(8);
        return;
      case 8:
        this.binary();
        return;
      case 9:
      case 10: {
        const { count, entryType } = this.listHeader();
        this.skipEntries(count, [entryType]);
        return;
      }
      case 11: {
        const count = this.varint();
        const types = count === 0 ? 0 : this.byte();
        this.skipEntries(count, [types >> 4, types & 0x0f]);
        return;
      }
      case 12:
        this.struct(() => false);
        return;
      default:
        throw new RangeError('that is no type of Thrift');
    }
  }

  private skipEntries(count: number, types: readonly number[]): void {
    if (count > this.end - this.at) throw new RangeError('there are not so many entries');
    this.enter();
    for (let i = 0; i < count; i++) {
      // Yes and no have a byte of their own where they are in lists.
      for (const type of types) this.skip(type === 1 || type === 2 ? 3 : type);
    }
    this.depth--;
  }

  private listHeader(): { count: number; entryType: number } {
    const header = this.byte();
    const count = header >> 4 === 15 ? this.varint() : header >> 4;
    if (count > this.end - this.at) throw new RangeError('there are not so many entries');
    return { count, entryType: header & 0x0f };
  }

  private varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number has no end');
  }

  private advance(count: number): number {
    if (!(count <= this.end - this.at)) throw new RangeError('bytes are missing');
    const start = this.at;
    this.at += count;
    return start;
  }

  private enter(): void {
    if (++this.depth > depthMax) throw new RangeError('structures lie too deep in each other');
  }
}
