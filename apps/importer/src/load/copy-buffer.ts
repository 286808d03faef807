import { encodeNumeric, encodeNumericNaN, numericBytesMax } from './encode-numeric.js';
import { ewkbPointBytes, writeDegreesPoint, writeWebmercatorPoint } from '../geometry/encode-point.js';

const two32 = 4_294_967_296;

/** PGCOPY signature, flags, length of the header's extension. */
const copyHeader = Buffer.from([
  0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00, 0, 0, 0, 0, 0, 0, 0, 0,
]);
const copyTrailer = Buffer.from([0xff, 0xff]);

/** Finished rows are handed on in pieces of about this size. */
const pieceBytes = 256 * 1024;
/** Room for the largest field but text, its length, and a row's beginning. */
const fieldSlackBytes = 64;
/** Text up to here is copied faster byte by byte than by a native call. */
const shortTextBytes = 24;

/**
 * Writes rows in PostgreSQL's binary COPY format (its documentation, COPY, "Binary Format"): every field is its
 * length and its value, numbers big-endian, days and microseconds counted from 2000-01-01.
 *
 * Each `write…` appends one field to the row that was begun; the caller writes as many as it announced.
 */
export class CopyBuffer {
  private pieces: Buffer[] = [copyHeader];
  private out: Buffer = Buffer.allocUnsafeSlow(pieceBytes + 4096);
  private view: DataView = viewOf(this.out);
  private length = 0;
  private rowStart = 0;

  /** Begins a row of so many fields. */
  beginRow(fields: number): void {
    this.reserve(0);
    this.rowStart = this.length;
    this.view.setInt16(this.length, fields);
    this.length += 2;
  }

  /** Forgets the row that was begun. */
  abandonRow(): void {
    this.length = this.rowStart;
  }

  /** The row that was begun is complete. */
  endRow(): void {
    this.rowStart = this.length;
    if (this.length >= pieceBytes) this.cutPiece();
  }

  /** Takes the complete rows written since the last time, in large pieces; `atEnd` takes all and ends the copy. */
  takePieces(atEnd: boolean): Buffer[] {
    if (atEnd) {
      this.abandonRow();
      this.cutPiece();
      this.pieces.push(copyTrailer);
    }
    const pieces = this.pieces;
    this.pieces = [];
    return pieces;
  }

  writeNull(): void {
    this.reserve(0);
    this.view.setInt32(this.length, -1);
    this.length += 4;
  }

  /** Text, or the bytes of any other value in its binary form, such as a geometry's EWKB. */
  writeBytes(bytes: Buffer, start: number, end: number): void {
    const size = end - start;
    this.reserve(size);
    this.view.setInt32(this.length, size);
    let at = this.length + 4;
    if (size <= shortTextBytes) {
      const out = this.out;
      for (let i = start; i < end; i++) out[at++] = bytes[i]!;
    } else {
      bytes.copy(this.out, at, start, end);
      at += size;
    }
    this.length = at;
  }

  writeBoolean(value: boolean): void {
    this.reserve(0);
    this.view.setInt32(this.length, 1);
    this.view.setUint8(this.length + 4, value ? 1 : 0);
    this.length += 5;
  }

  /** An integer of 32 bits, or a date as days. */
  writeInt32(value: number): void {
    this.reserve(0);
    this.view.setInt32(this.length, 4);
    this.view.setInt32(this.length + 4, value);
    this.length += 8;
  }

  /** An integer of 64 bits, or a timestamp as microseconds, that a number holds exactly. */
  writeInt64(value: number): void {
    if (!Number.isSafeInteger(value)) {
      this.writeBigint(BigInt(value));
      return;
    }
    this.reserve(0);
    const high = Math.floor(value / two32);
    this.view.setInt32(this.length, 8);
    this.view.setInt32(this.length + 4, high);
    this.view.setUint32(this.length + 8, value - high * two32);
    this.length += 12;
  }

  writeBigint(value: bigint): void {
    this.reserve(0);
    this.view.setInt32(this.length, 8);
    this.view.setBigInt64(this.length + 4, value);
    this.length += 12;
  }

  writeDouble(value: number): void {
    this.reserve(0);
    this.view.setInt32(this.length, 8);
    this.view.setFloat64(this.length + 4, value);
    this.length += 12;
  }

  /** A number of any length, as programs write it in up to forty characters; `null` for what is no number. */
  writeNumeric(number: string | null): void {
    this.reserve(numericBytesMax);
    const at = this.length + 4;
    const size = number === null ? encodeNumericNaN(this.view, at) : encodeNumeric(this.view, at, number);
    this.view.setInt32(this.length, size);
    this.length += 4 + size;
  }

  writeDegreesPoint(longitude: number, latitude: number): void {
    this.reserve(0);
    this.view.setInt32(this.length, ewkbPointBytes);
    writeDegreesPoint(this.view, this.length + 4, longitude, latitude);
    this.length += 4 + ewkbPointBytes;
  }

  writeWebmercatorPoint(longitude: number, latitude: number): void {
    this.reserve(0);
    this.view.setInt32(this.length, ewkbPointBytes);
    writeWebmercatorPoint(this.view, this.length + 4, longitude, latitude);
    this.length += 4 + ewkbPointBytes;
  }

  private reserve(textBytes: number): void {
    if (this.out.length - this.length < textBytes + fieldSlackBytes) this.grow(textBytes + fieldSlackBytes);
  }

  private cutPiece(): void {
    this.pieces.push(this.out.subarray(0, this.length));
    this.out = Buffer.allocUnsafeSlow(pieceBytes + 4096);
    this.view = viewOf(this.out);
    this.length = 0;
    this.rowStart = 0;
  }

  private grow(room: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.out.length, this.length + room));
    this.out.copy(larger, 0, 0, this.length);
    this.out = larger;
    this.view = viewOf(larger);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
