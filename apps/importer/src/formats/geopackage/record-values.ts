import { damagedGeopackage } from './damaged-geopackage.js';
import { readVarint, varintEnd } from './read-varint.js';

/** The bytes of numbers, by the type that a record has for each value. */
const numberBytes = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];
const reservedType = 10;

const nullValue = 0;
const doubleValue = 7;
const zeroValue = 8;
const oneValue = 9;
const blobValue = 12;

/**
 * Finds the values of a record (file format of SQLite, "Record Format"): what each is, and where it stands. More values than
 * there is room for are passed over.
 */
export class RecordValues {
  /** How many there are. */
  count = 0;
  /** What each is: an even number from 12 for bytes, an odd one for text, less for numbers and nothing. */
  readonly types: Float64Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;

  constructor(columns: number) {
    this.types = new Float64Array(columns);
    this.starts = new Uint32Array(columns);
    this.ends = new Uint32Array(columns);
  }

  /** @throws SyncError `file-unreadable` */
  find(bytes: Buffer, start: number, end: number): void {
    const { types, starts, ends } = this;
    const headerEnd = start + readVarint(bytes, start);
    if (headerEnd > end) throw damagedGeopackage('a row is damaged');
    let at = varintEnd;
    let valueAt = headerEnd;
    let count = 0;
    while (at < headerEnd && count < types.length) {
      const short = bytes[at]!;
      const type = short < 0x80 ? short : readVarint(bytes, at);
      at = short < 0x80 ? at + 1 : varintEnd;
      const size = type >= blobValue ? (type - blobValue - (type % 2)) / 2 : numberBytes[type];
      types[count] = type;
      starts[count] = valueAt;
      if (size === undefined || type === reservedType || valueAt + size > end) {
        throw damagedGeopackage('a row is damaged');
      }
      valueAt += size;
      ends[count] = valueAt;
      count++;
    }
    this.count = count;
  }

  isNothing(column: number): boolean {
    return this.types[column] === nullValue;
  }

  isInteger(column: number): boolean {
    const type = this.types[column]!;
    return type > nullValue && type <= oneValue && type !== doubleValue;
  }

  isText(column: number): boolean {
    const type = this.types[column]!;
    return type > blobValue && type % 2 === 1;
  }

  isBlob(column: number): boolean {
    const type = this.types[column]!;
    return type >= blobValue && type % 2 === 0;
  }

  /** A whole number; beyond 2^53 as a bigint. */
  integer(bytes: Buffer, column: number): number | bigint {
    const type = this.types[column]!;
    if (type === zeroValue) return 0;
    if (type === oneValue) return 1;
    const start = this.starts[column]!;
    const size = this.ends[column]! - start;
    if (size < 8) return bytes.readIntBE(start, size);
    const value = bytes.readBigInt64BE(start);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  double(bytes: Buffer, column: number): number {
    return bytes.readDoubleBE(this.starts[column]);
  }
}
