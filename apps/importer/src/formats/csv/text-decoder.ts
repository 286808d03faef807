import { isAscii, isUtf8 } from 'node:buffer';
import { SyncError } from '@tidetable/contracts';
import iconv from 'iconv-lite';
import { guessEncoding } from './guess-encoding.js';

/** What is known about the encoding of a file; one object for all readings of it. */
export interface FoundEncoding {
  /** `null` as long as everything was UTF-8. */
  encoding: string | null;
}

/**
 * Makes UTF-8 of a stream of chunks, in whole characters and without NUL bytes, as PostgreSQL demands of text.
 *
 * UTF-8 passes as it is. Where the first bytes beyond ASCII are not UTF-8, the encoding is guessed there and then: what
 * went before is the same in all encodings that come into question, so nothing has to be read again. Where they were
 * UTF-8 and later ones are not, the file is damaged, and no guess would be right for all of it.
 */
export class TextDecoder {
  private rest: Buffer = Buffer.alloc(0);
  private legacy: LegacyDecoder | undefined;
  private onlyAscii = true;
  private bytesPassed = 0;

  constructor(private readonly found: FoundEncoding) {
    if (found.encoding !== null) this.legacy = new LegacyDecoder(found.encoding);
  }

  /** @throws SyncError `text-encoding-invalid` */
  decode(chunk: Buffer, atEnd: boolean): Buffer {
    if (this.legacy !== undefined) return this.legacy.decode(chunk, atEnd);
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const whole = bytes.subarray(0, atEnd ? bytes.length : endOfWholeCharacters(bytes));
    if (!isUtf8(whole)) return this.beginLegacy(bytes, atEnd);
    if (whole.includes(0)) throw new SyncError('text-encoding-invalid', 'it contains NUL bytes');
    this.onlyAscii &&= isAscii(whole);
    this.bytesPassed += whole.length;
    // A copy, since the chunk may be reused by whoever made it.
    this.rest = Buffer.from(bytes.subarray(whole.length));
    return whole;
  }

  private beginLegacy(bytes: Buffer, atEnd: boolean): Buffer {
    if (!this.onlyAscii || isRatherUtf8(bytes)) {
      throw new SyncError(
        'text-encoding-invalid',
        `it is UTF-8, except for bytes that follow after byte ${this.bytesPassed}`,
      );
    }
    this.found.encoding = guessEncoding(bytes);
    this.legacy = new LegacyDecoder(this.found.encoding);
    return this.legacy.decode(bytes, atEnd);
  }
}

/** Control characters that no text has, whatever its encoding. */
const controls = /[\u0001-\u0008\u000e-\u0019\u001c-\u001f]/;

/** Decodes an encoding other than UTF-8, and takes nothing that it cannot decode. */
class LegacyDecoder {
  private readonly decoder;
  private bytes = 0;
  /** The first half of a surrogate pair, which the end of a chunk can part from the other. */
  private half = '';

  constructor(private readonly encoding: string) {
    this.decoder = iconv.getDecoder(encoding);
  }

  decode(chunk: Buffer, atEnd: boolean): Buffer {
    const decoded = this.half + this.decoder.write(chunk) + (atEnd ? (this.decoder.end() ?? '') : '');
    this.half = atEnd ? '' : (/[\ud800-\udbff]$/.exec(decoded)?.[0] ?? '');
    const text = decoded.slice(0, decoded.length - this.half.length);
    this.bytes += chunk.length;
    if (text.includes('\0')) throw new SyncError('text-encoding-invalid', 'it contains NUL bytes');
    if (controls.test(text)) throw new SyncError('text-encoding-invalid', 'it contains control characters');
    const isCut = atEnd && this.encoding.startsWith('utf-16') && this.bytes % 2 === 1;
    if (isCut || !this.isWhole(text)) {
      throw new SyncError('text-encoding-invalid', `it seems to be ${this.encoding}, but not all of it is`);
    }
    return Buffer.from(text);
  }

  /** What cannot be decoded becomes a replacement character; in UTF-16, which can hold one, half a character stays. */
  private isWhole(text: string): boolean {
    return this.encoding.startsWith('utf-16') ? !/\p{Surrogate}/u.test(text) : !text.includes('\ufffd');
  }
}

/** Whether of the characters beyond ASCII as many are UTF-8 as are not. */
function isRatherUtf8(bytes: Buffer): boolean {
  let whole = 0;
  let broken = 0;
  for (const [character] of bytes.toString().matchAll(/[^\0-\x7f]/gu)) {
    if (character === '\ufffd') broken++;
    else whole++;
  }
  return whole >= broken;
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
