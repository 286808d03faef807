const beginningBytes = 64 * 1024;

/**
 * Pieces of text put together in memory. A piece's bytes stay where they are until `clear`: where there is no room
 * left, the next one goes on in another buffer, and what was taken from the earlier one stays valid.
 */
export class TextBuffer {
  bytes: Buffer = Buffer.allocUnsafeSlow(beginningBytes);
  /** Where the piece that was begun last starts. */
  piece = 0;
  /** Where it ends so far. */
  length = 0;
  /** In buffers left behind since it was cleared. */
  private earlierBytes = 0;

  /** Begins a piece. */
  begin(): void {
    this.piece = this.length;
  }

  /** Makes room for so many more bytes of the piece; it may move for that. */
  reserve(bytes: number): void {
    if (this.bytes.length - this.length >= bytes) return;
    const piece = this.bytes.subarray(this.piece, this.length);
    this.earlierBytes += this.piece;
    this.bytes = Buffer.allocUnsafeSlow(Math.max(beginningBytes, 2 * (piece.length + bytes)));
    this.piece = 0;
    this.length = piece.copy(this.bytes);
  }

  append(bytes: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    this.length += bytes.copy(this.bytes, this.length, start, end);
  }

  /** Appends text of ASCII characters. */
  appendAscii(text: string): void {
    this.reserve(text.length);
    this.length += this.bytes.write(text, this.length, 'latin1');
  }

  appendText(text: string): void {
    this.reserve(3 * text.length);
    this.length += this.bytes.write(text, this.length, 'utf8');
  }

  /** Begins anew; nothing taken from it is valid any more. */
  clear(): void {
    this.piece = 0;
    this.length = 0;
    this.earlierBytes = 0;
  }

  /** How many bytes all pieces have since it was cleared. */
  get total(): number {
    return this.earlierBytes + this.length;
  }
}
