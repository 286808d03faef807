/** What stands in a stream from where it was read to, as far as it has come; more of it is waited for when asked. */
export class ByteWindow {
  /** What is at hand: `bytes[at..end)`. */
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  /** Whether nothing follows what is at hand. */
  private isWhole = false;
  private readonly chunks: AsyncIterator<Buffer>;
  /** The next piece, which is unpacked while what is at hand is read. */
  private ahead: Promise<IteratorResult<Buffer>>;

  constructor(content: AsyncIterable<Buffer>) {
    this.chunks = content[Symbol.asyncIterator]();
    this.ahead = this.askAhead();
  }

  has(bytes: number): boolean {
    return this.bytes.length - this.at >= bytes;
  }

  /**
   * Waits until so many bytes are at hand; false when the stream ends before. Room grows with what has come, whatever
   * number is asked for.
   */
  async fill(bytes: number): Promise<boolean> {
    if (this.has(bytes)) return true;
    const pieces = [this.bytes.subarray(this.at)];
    let length = pieces[0]!.length;
    while (length < bytes && !this.isWhole) {
      const next = await this.ahead;
      if (next.done === true) this.isWhole = true;
      else {
        this.ahead = this.askAhead();
        pieces.push(next.value);
        length += next.value.length;
      }
    }
    this.bytes = pieces.length === 2 && pieces[0]!.length === 0 ? pieces[1]! : Buffer.concat(pieces);
    this.at = 0;
    return length >= bytes;
  }

  private askAhead(): Promise<IteratorResult<Buffer>> {
    const next = this.chunks.next();
    // Whoever waits for it is told; that nobody does is no reason to crash.
    next.catch(() => undefined);
    return next;
  }

  /** Lets go of the stream, wherever it is. */
  async close(): Promise<void> {
    await this.chunks.return?.();
  }
}
