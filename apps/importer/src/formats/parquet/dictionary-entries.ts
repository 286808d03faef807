import type { ByteRun } from './byte-run.js';
import { SpilledRun } from './spilled-run.js';

/** Of entries that are not in memory the place of every so many-th is kept. */
const spilledStride = 64;
/** What the place of an entry takes. */
const markBytes = 4;

/**
 * What the values of a chunk are chosen from: entries of one length, or each behind its own. Where the entries are not in
 * memory, neighbours are found without reading anything anew.
 */
export class DictionaryEntries {
  bytes: Buffer;
  start = 0;
  end = 0;
  private near: ByteRun;
  /** The number of the entry that `near` is at. */
  private index = 0;
  /** Where every so many-th entry is, from the first, where they have their own lengths. */
  private readonly marks: Uint32Array;
  private readonly stride: number;

  /**
   * Finds `count` entries, of `width` bytes each unless that is 0.
   *
   * @throws RangeError when there are fewer
   */
  constructor(
    run: ByteRun,
    readonly count: number,
    private readonly width: number,
  ) {
    const stride = run instanceof SpilledRun ? spilledStride : 1;
    this.stride = stride;
    // Before memory is taken for where they are.
    if (!(count * (width === 0 ? markBytes : width) <= run.left)) throw new RangeError('entries are missing');
    this.marks = new Uint32Array(width === 0 ? Math.ceil(count / stride) : 0);
    this.near = run.fork();
    this.bytes = this.near.bytes;
    if (width !== 0) return;
    const walk = run.fork();
    for (let i = 0; i < count; i++) {
      if (i % stride === 0) this.marks[i / stride] = run.left - walk.left;
      walk.skip(walk.uint32());
    }
  }

  /** How much memory a dictionary of so many bytes takes where its bytes are at hand. */
  static memoryBytes(bytes: number, count: number, width: number): number {
    return bytes + (width === 0 ? markBytes * Math.min(count, bytes) : 0);
  }

  /** Goes to an entry. @throws RangeError when there is none */
  goTo(index: number): void {
    if (!(index < this.count)) throw new RangeError('the dictionary has no such entry');
    const { width } = this;
    if (width !== 0) {
      this.jump(index, index * width);
      this.start = this.near.take(width);
    } else {
      const mark = Math.floor(index / this.stride);
      if (index < this.index || mark * this.stride > this.index)
        this.jump(mark * this.stride, this.marks[mark]!);
      for (; this.index < index; this.index++) this.near.skip(this.near.uint32());
      this.start = this.near.take(this.near.uint32());
    }
    this.index = index + 1;
    this.end = this.near.at;
    this.bytes = this.near.bytes;
  }

  private jump(index: number, offset: number): void {
    if (index === this.index) return;
    this.index = index;
    this.near.seek(offset);
  }
}
