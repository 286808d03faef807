import { isUtf8 } from 'node:buffer';
import { SyncError } from '@tidetable/contracts';

/**
 * Makes sure that a stream of chunks is UTF-8 text without NUL bytes, as PostgreSQL demands of text. A character
 * that is cut by a chunk's end is put together with the next.
 */
export class Utf8Checker {
  private rest: Buffer = Buffer.alloc(0);

  /** @throws SyncError `text-encoding-invalid` */
  check(chunk: Buffer, atEnd: boolean): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const whole = atEnd ? bytes.length : endOfWholeCharacters(bytes);
    if (!isUtf8(bytes.subarray(0, whole))) throw new SyncError('text-encoding-invalid');
    if (chunk.includes(0)) throw new SyncError('text-encoding-invalid', 'it contains NUL bytes');
    // A copy, since the chunk may be reused by whoever made it.
    this.rest = Buffer.from(bytes.subarray(whole));
  }
}

/** Where a character begins that the end of `bytes` cuts off; the length when none is cut. */
function endOfWholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}
