import { damagedGeopackage } from './damaged-geopackage.js';
import type { PageFile } from './page-file.js';
import { readVarint, varintEnd } from './read-varint.js';

const interiorPage = 0x05;
const leafPage = 0x0d;
/** The first page begins with the header of the file. */
const fileHeaderBytes = 100;
/** No tree is higher: each of its pages has two others below it at least. */
const depthMax = 40;
/** A row larger than this would not fit into a row of the table either. */
const rowBytesMax = 128 * 1024 * 1024;
/** Whoever reads is given a chance to do other things after so many pages' bytes. */
const pauseBytes = 1024 * 1024;

/** Takes a row: a record of SQLite in `bytes[start..end)`, and its number. False ends the walk. */
export type TakeRow = (bytes: Buffer, start: number, end: number, number: number) => boolean;

/**
 * Walks through all rows of a table in the order of their numbers (file format of SQLite, "B-tree Pages"). Each page can be
 * met once only, so that no loop among them goes on for ever.
 *
 * @throws SyncError `file-unreadable`
 */
export class TableWalk {
  private pagesLeft: number;
  private bytesToPause = pauseBytes;
  private hasEnough = false;

  constructor(
    private readonly file: PageFile,
    private readonly take: TakeRow,
    private readonly pause: () => Promise<void> = async () => undefined,
  ) {
    this.pagesLeft = file.pageCount;
  }

  async walk(root: number): Promise<void> {
    /** The pages that are still to be read, the next one last, on each level. */
    const levels: number[][] = [[root]];
    while (levels.length > 0 && !this.hasEnough) {
      const page = levels.at(-1)!.pop();
      if (page === undefined) {
        levels.pop();
        continue;
      }
      const bytes = this.file.find(page) ?? (await this.readPage(page));
      this.countPage();
      const headerAt = page === 1 ? fileHeaderBytes : 0;
      if (bytes[headerAt] === interiorPage) {
        if (levels.length === depthMax) throw damagedGeopackage(`page ${page} lies too deep`);
        levels.push(this.childrenOf(bytes, headerAt));
      } else if (bytes[headerAt] === leafPage) await this.takeRows(bytes, headerAt);
      else throw damagedGeopackage(`page ${page} has no rows`);
      if (this.bytesToPause <= 0) {
        this.bytesToPause = pauseBytes;
        await this.pause();
      }
    }
  }

  private readPage(page: number): Promise<Buffer> {
    return this.file.read(page);
  }

  private countPage(): void {
    if (this.pagesLeft-- === 0) throw damagedGeopackage('its pages lead in a circle');
    this.bytesToPause -= this.file.pageBytes;
  }

  /** The pages below a page, the last one first. */
  private childrenOf(bytes: Buffer, headerAt: number): number[] {
    const children = [bytes.readUInt32BE(headerAt + 8)];
    const cells = bytes.readUInt16BE(headerAt + 3);
    for (let cell = cells - 1; cell >= 0; cell--) {
      const at = this.cellAt(bytes, headerAt + 12 + 2 * cell, 4);
      children.push(bytes.readUInt32BE(at));
    }
    return children;
  }

  private async takeRows(bytes: Buffer, headerAt: number): Promise<void> {
    const { usableBytes } = this.file;
    const cells = bytes.readUInt16BE(headerAt + 3);
    const whole = usableBytes - 35;
    // Rows that overlap could make any number of bytes of a page.
    let bytesLeft = usableBytes;
    for (let cell = 0; cell < cells && !this.hasEnough; cell++) {
      const at = this.cellAt(bytes, headerAt + 8 + 2 * cell, 2);
      const size = readVarint(bytes, at);
      const number = readVarint(bytes, varintEnd);
      const start = varintEnd;
      if (size <= whole) {
        if (start + size > usableBytes) throw damagedGeopackage('a row leads out of its page');
        bytesLeft -= size;
        if (bytesLeft < 0) throw damagedGeopackage('its rows overlap');
        this.hasEnough = !this.take(bytes, start, start + size, number);
      } else {
        const row = await this.readLongRow(bytes, start, size);
        this.hasEnough = !this.take(row, 0, row.length, number);
      }
    }
  }

  private cellAt(bytes: Buffer, pointerAt: number, bytesMin: number): number {
    const { usableBytes } = this.file;
    const at = pointerAt + 2 <= usableBytes ? bytes.readUInt16BE(pointerAt) : usableBytes;
    if (at + bytesMin > usableBytes) throw damagedGeopackage('a row leads out of its page');
    return at;
  }

  /** Puts together a row that goes on on further pages, each of which names the next one. */
  private async readLongRow(bytes: Buffer, start: number, size: number): Promise<Buffer> {
    const { usableBytes } = this.file;
    if (size > rowBytesMax) throw damagedGeopackage('a row is longer than 128 MiB');
    const least = Math.floor(((usableBytes - 12) * 32) / 255) - 23;
    const wanted = least + ((size - least) % (usableBytes - 4));
    const local = wanted <= usableBytes - 35 ? wanted : least;
    if (start + local + 4 > usableBytes) throw damagedGeopackage('a row leads out of its page');
    const pieces = [bytes.subarray(start, start + local)];
    let left = size - local;
    let next = bytes.readUInt32BE(start + local);
    while (left > 0) {
      const page = this.file.find(next) ?? (await this.file.read(next));
      this.countPage();
      const piece = page.subarray(4, Math.min(4 + left, usableBytes));
      pieces.push(piece);
      left -= piece.length;
      next = page.readUInt32BE(0);
    }
    return Buffer.concat(pieces);
  }
}
