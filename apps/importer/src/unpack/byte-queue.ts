/** Takes bytes out of a stream, as many as are wanted at a time. */
export class ByteQueue {
  private rest: Buffer = Buffer.alloc(0);
  private readonly chunks: AsyncIterator<Buffer>;

  constructor(content: AsyncIterable<Buffer>) {
    this.chunks = content[Symbol.asyncIterator]();
  }

  /** The next bytes; fewer at the end of the stream. */
  async take(bytes: number): Promise<Buffer> {
    const pieces = [this.rest];
    let length = this.rest.length;
    while (length < bytes) {
      const next = await this.chunks.next();
      if (next.done === true) break;
      pieces.push(next.value);
      length += next.value.length;
    }
    const all = pieces.length === 1 ? this.rest : Buffer.concat(pieces);
    this.rest = all.subarray(bytes);
    return all.subarray(0, bytes);
  }

  /** Closes the stream. */
  async close(): Promise<void> {
    await this.chunks.return?.();
  }
}
