import { ByteRun } from './byte-run.js';
import { readBytes } from './read-bytes.js';

const nothing = Buffer.alloc(0);

/** Bytes that lie in a file, of which a window is in memory. */
export class SpilledRun extends ByteRun {
  private readonly first: number;

  constructor(
    private readonly file: number,
    /** Where the byte behind the window is in the file, and where the last one ends. */
    private next: number,
    private readonly last: number,
    private readonly windowBytes: number,
  ) {
    super(nothing, 0, 0);
    this.first = next;
  }

  override get left(): number {
    return this.last - this.position;
  }

  override skip(count: number): void {
    if (!(count >= 0 && count <= this.left)) throw new RangeError(`${count} bytes are missing`);
    this.goTo(this.position + count);
  }

  override seek(offset: number): void {
    this.goTo(this.first + offset);
  }

  override part(count: number): ByteRun {
    const start = this.position;
    this.skip(count);
    return new SpilledRun(this.file, start, start + count, this.windowBytes);
  }

  override fork(): ByteRun {
    return new SpilledRun(this.file, this.position, this.last, this.windowBytes);
  }

  protected override fetch(count: number): void {
    const start = this.position;
    if (!(count >= 0 && count <= this.last - start)) throw new RangeError(`${count} bytes are missing`);
    const bytes = Math.min(Math.max(count, this.windowBytes), this.last - start);
    if (this.bytes.length < bytes) this.bytes = Buffer.allocUnsafeSlow(bytes);
    readBytes(this.file, start, this.bytes.subarray(0, bytes));
    this.at = 0;
    this.end = bytes;
    this.next = start + bytes;
  }

  /** Where the next byte is in the file. */
  private get position(): number {
    return this.next - (this.end - this.at);
  }

  private goTo(position: number): void {
    const at = position - (this.next - this.end);
    if (at >= 0 && at <= this.end) {
      this.at = at;
      return;
    }
    this.next = position;
    this.at = 0;
    this.end = 0;
  }
}
