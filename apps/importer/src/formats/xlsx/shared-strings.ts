import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { MalformedXml } from './scan-xml.js';

/** No string is longer: Excel allows 32,767 characters. */
const pageBytes = 128 * 1024;
/** Pages kept in memory before the rest goes to a file. */
const residentPagesMax = 192;
/** Pages of the file that are kept at hand. */
const cachedPagesMax = 64;
/** Strings begin at multiples of this, so that 32 bits say where. */
const alignment = 8;
const lengthBytes = 4;
const indexSegment = 65_536;
const stringsMax = 16_000_000;

/**
 * The shared strings of a workbook by their numbers, in bounded memory: the first 24 MiB of text stay in memory, the
 * rest goes to a file, of which parts are at hand. 4 bytes for each string tell where it is.
 */
export class SharedStrings {
  /** Where the string that was located last is. */
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  /** Whether these bytes are in memory in any case, so that holding them costs nothing. */
  isResident = true;

  private size = 0;
  private readonly places: Uint32Array[] = [];
  private readonly resident: Buffer[] = [];
  private page: Buffer = Buffer.allocUnsafeSlow(pageBytes);
  private pages = 0;
  private used = 0;
  private file: FileHandle | null = null;
  private readonly cache = new Map<number, Buffer>();

  constructor(private readonly createFile: () => Promise<FileHandle>) {}

  /** Adds a string, whose number is the next. False when the page is full: `turnPage`, then add it again. */
  add(bytes: Buffer, start: number, end: number): boolean {
    const length = end - start;
    if (length > pageBytes - lengthBytes) throw new MalformedXml('has a text longer than a cell can hold');
    if (this.size === stringsMax) throw new MalformedXml(`has more than ${stringsMax} texts`);
    if (this.used + lengthBytes + length > pageBytes) return false;
    if (this.size % indexSegment === 0) this.places.push(new Uint32Array(indexSegment));
    this.places.at(-1)![this.size % indexSegment] = (this.pages * pageBytes + this.used) / alignment;
    this.size++;
    this.page.writeUInt32LE(length, this.used);
    bytes.copy(this.page, this.used + lengthBytes, start, end);
    this.used = alignment * Math.ceil((this.used + lengthBytes + length) / alignment);
    return true;
  }

  /** Puts the page away, which is full, or the last. */
  async turnPage(): Promise<void> {
    if (this.pages < residentPagesMax) {
      this.resident.push(this.page);
      this.page = Buffer.allocUnsafeSlow(pageBytes);
    } else {
      this.file ??= await this.createFile();
      await writeWhole(this.file, this.page, (this.pages - residentPagesMax) * pageBytes);
    }
    this.pages++;
    this.used = 0;
  }

  /**
   * Finds a string and says in `bytes`, `start` and `end` where it is; these bytes never change.
   * False when there is none of this number.
   */
  locate(index: number): boolean {
    if (!(index < this.size)) return false;
    const place = this.places[Math.floor(index / indexSegment)]![index % indexSegment]! * alignment;
    const number = Math.floor(place / pageBytes);
    this.isResident = number < residentPagesMax;
    const page = this.isResident ? this.resident[number]! : this.load(number);
    const at = place % pageBytes;
    this.bytes = page;
    this.start = at + lengthBytes;
    this.end = this.start + page.readUInt32LE(at);
    return true;
  }

  /** Lets go of the file; may be called again. */
  async close(): Promise<void> {
    const file = this.file;
    this.file = null;
    await file?.close();
  }

  private load(number: number): Buffer {
    const cached = this.cache.get(number);
    if (cached !== undefined) return cached;
    const page = Buffer.allocUnsafeSlow(pageBytes);
    readSync(this.file!.fd, page, 0, pageBytes, (number - residentPagesMax) * pageBytes);
    // The one that was loaded first makes room.
    if (this.cache.size === cachedPagesMax) this.cache.delete(this.cache.keys().next().value!);
    this.cache.set(number, page);
    return page;
  }
}

async function writeWhole(file: FileHandle, page: Buffer, position: number): Promise<void> {
  for (let written = 0; written < page.length;) {
    written += (await file.write(page, written, page.length - written, position + written)).bytesWritten;
  }
}
