import { damagedGeopackage } from './damaged-geopackage.js';

const headerBytes = 100;
const firstReadBytes = 16 * 1024;
const readBytesMax = 256 * 1024;
/** So many pieces of the file stay at hand: rows and what of them is on further pages are read in turn. */
const piecesMax = 4;

/** What of a file is needed here; a `FileHandle` has it. */
export interface RandomFile {
  read(into: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  stat(): Promise<{ size: number }>;
}

/** Pages that were read at once. */
interface Piece {
  readonly first: number;
  readonly pages: number;
  readonly bytes: Buffer;
}

/** The pages of an SQLite database, from 1. Those that are read one behind the other are read in large pieces. */
export class PageFile {
  /** What of a page may be used. */
  readonly usableBytes: number;
  private readonly pieces: Piece[] = [];
  private last: Piece = { first: 0, pages: 0, bytes: Buffer.alloc(0) };

  private constructor(
    private readonly file: RandomFile,
    readonly pageBytes: number,
    reservedBytes: number,
    readonly pageCount: number,
    /** Whether texts are UTF-8. */
    readonly isUtf8: boolean,
  ) {
    this.usableBytes = pageBytes - reservedBytes;
  }

  /** @throws SyncError `file-unreadable` for what is no database, or not a whole one */
  static async open(file: RandomFile): Promise<PageFile> {
    const header = Buffer.alloc(headerBytes);
    await file.read(header, 0, headerBytes, 0);
    const size = (await file.stat()).size;
    const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
    const reserved = header[20]!;
    const isPower = pageBytes >= 512 && (pageBytes & (pageBytes - 1)) === 0;
    if (
      !header.toString('latin1').startsWith('SQLite format 3\0') ||
      !isPower ||
      pageBytes - reserved < 480
    ) {
      throw damagedGeopackage('its header is damaged');
    }
    // Old versions of SQLite do not keep the number of pages, and leave another one beside it as it was.
    const isKept = header.readUInt32BE(24) === header.readUInt32BE(92);
    const pageCount = Math.floor(size / pageBytes);
    if (isKept && header.readUInt32BE(28) > pageCount) throw damagedGeopackage('it ends early');
    return new PageFile(file, pageBytes, reserved, pageCount, header.readUInt32BE(56) <= 1);
  }

  /** A page, if it is at hand. It stays as it is. */
  find(page: number): Buffer | null {
    const { last } = this;
    const piece =
      page >= last.first && page < last.first + last.pages
        ? last
        : this.pieces.find(({ first, pages }) => page >= first && page < first + pages);
    if (piece === undefined) return null;
    const at = (page - piece.first) * this.pageBytes;
    return piece.bytes.subarray(at, at + this.pageBytes);
  }

  /** @throws SyncError `file-unreadable` when there is no such page */
  async read(page: number): Promise<Buffer> {
    const found = this.find(page);
    if (found !== null) return found;
    if (page < 1 || page > this.pageCount) throw damagedGeopackage(`it has no page ${page}`);
    const { last, pageBytes } = this;
    const isNext = page >= last.first + last.pages && page < last.first + 2 * last.pages;
    const wanted = isNext ? Math.min(2 * last.bytes.length, readBytesMax) : firstReadBytes;
    const pages = Math.min(Math.max(1, Math.floor(wanted / pageBytes)), this.pageCount - page + 1);
    // Not used again, since others hold on to what is in it.
    const bytes = Buffer.allocUnsafeSlow(pages * pageBytes);
    const { bytesRead } = await this.file.read(bytes, 0, bytes.length, (page - 1) * pageBytes);
    if (bytesRead < bytes.length) throw new Error('a database became shorter while it was read');
    this.last = { first: page, pages, bytes };
    if (this.pieces.length === piecesMax) this.pieces.shift();
    this.pieces.push(this.last);
    return bytes.subarray(0, pageBytes);
  }
}
