import { SyncError } from '@tidetable/contracts';
import { crc32 } from 'node:zlib';
import { type PageHeader, parsePageHeader } from './page-header.js';
import { readBytes } from './read-bytes.js';

/** A page has to be in memory as a whole, which is about a megabyte in nearly all files and a hundred in some. */
const pageBytesMax = 128 * 1024 * 1024;
/** Headers with statistics of long texts are larger than most. */
const headerBytes = 1_024;
const headerBytesMax = 16 * 1024 * 1024;

/** What a file may make of itself, and how much of that it has. */
export interface UnpackedBudget {
  readonly bytesMax: number;
  bytes: number;
}

/** @throws SyncError `archive-too-large` once it is more than allowed */
export function spend(budget: UnpackedBudget, bytes: number): void {
  budget.bytes += bytes;
  if (budget.bytes > budget.bytesMax) {
    throw new SyncError('archive-too-large', `at most ${budget.bytesMax} bytes are unpacked`);
  }
}

/** The bytes of a page: packed as they lie in the file. They are only valid until the next page is read. */
export interface PackedPage {
  readonly header: PageHeader;
  readonly packed: Buffer;
}

let packedRoom: Buffer = Buffer.allocUnsafeSlow(64 * 1024);
/** What is larger is not kept for the next page. */
const roomKeptMax = 4 * 1024 * 1024;

/**
 * Reads the page at `position`, which has to end before `dataEnd`.
 *
 * @throws RangeError when it is damaged, SyncError `file-too-large`
 */
export function readPage(file: number, position: number, dataEnd: number): PackedPage {
  const header = readHeader(file, position, dataEnd);
  const start = position + header.headerBytes;
  if (header.packedBytes > dataEnd - start) throw new RangeError('a page does not lie in the file');
  if (Math.max(header.packedBytes, header.bytes) > pageBytesMax) {
    throw new SyncError('file-too-large', 'it is a Parquet file with a page beyond 128 MiB');
  }
  const packed = takeRoom(header.packedBytes);
  readBytes(file, start, packed);
  if (header.checksum !== null && crc32(packed) !== header.checksum >>> 0) {
    throw new RangeError('the checksum of a page does not fit');
  }
  return { header, packed };
}

function takeRoom(bytes: number): Buffer {
  if (bytes > roomKeptMax) return Buffer.allocUnsafeSlow(bytes);
  if (bytes > packedRoom.length) packedRoom = Buffer.allocUnsafeSlow(Math.min(roomKeptMax, 2 * bytes));
  return packedRoom.subarray(0, bytes);
}

function readHeader(file: number, position: number, dataEnd: number): PageHeader {
  for (let wanted = headerBytes; ; wanted *= 16) {
    const length = Math.min(wanted, dataEnd - position);
    if (!(length > 0)) throw new RangeError('pages are missing');
    const bytes = takeRoom(length);
    readBytes(file, position, bytes);
    try {
      return parsePageHeader(bytes);
    } catch (error) {
      if (length < wanted || wanted > headerBytesMax) throw error;
    }
  }
}
