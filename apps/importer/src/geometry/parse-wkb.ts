import { geometryKind } from '../formats/geometry-kind.js';
import type { GeometryBuffer } from './geometry-buffer.js';
import { nestingMax } from './parse-wkt.js';

const zFlag = 0x80000000;
const mFlag = 0x40000000;
const sridFlag = 0x20000000;
const kindMask = 0x1fffffff;

/** The value of a hexadecimal digit, 255 for any other character. */
const digitValues = new Uint8Array(256).fill(255);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  digitValues[digit.charCodeAt(0)] = value;
  digitValues[digit.toUpperCase().charCodeAt(0)] = value;
}

let decoded = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Reads well-known binary that is written in hexadecimal digits, of either case, also with `\x` or `0x` before them.
 * False when it is none; what is in the buffer means nothing then.
 */
export function parseHexWkb(bytes: Buffer, start: number, end: number, into: GeometryBuffer): boolean {
  const second = bytes[start + 1];
  const hasPrefix = end - start > 2 && (second === 0x78 || second === 0x58);
  if (hasPrefix && bytes[start] !== 0x5c && bytes[start] !== 0x30) return false;
  const first = hasPrefix ? start + 2 : start;
  const digits = end - first;
  if (digits % 2 !== 0 || digits === 0) return false;
  const size = digits / 2;
  if (decoded.length < size) decoded = Buffer.allocUnsafeSlow(Math.max(size, 2 * decoded.length));
  let wrong = 0;
  for (let i = first, to = 0; to < size; i += 2, to++) {
    const high = digitValues[bytes[i]!]!;
    const low = digitValues[bytes[i + 1]!]!;
    wrong |= high | low;
    decoded[to] = (high << 4) | low;
  }
  return (wrong & 0xf0) === 0 && parseWkb(decoded, 0, size, into);
}

/**
 * Reads well-known binary: of either byte order, ISO's and PostGIS's, with Z and M, which are left out. False when it is
 * none; what is in the buffer means nothing then.
 */
export function parseWkb(bytes: Buffer, start: number, end: number, into: GeometryBuffer): boolean {
  into.begin();
  const cursor = new WkbCursor(bytes, start, end);
  const kind = cursor.takeHeader();
  const { srid } = cursor;
  if (kind === 0 || !readBody(cursor, kind, into, 0)) return false;
  into.complete(kind, srid);
  return cursor.isAtEnd();
}

function readBody(cursor: WkbCursor, kind: number, into: GeometryBuffer, depth: number): boolean {
  switch (kind) {
    case geometryKind.point:
      return readPoint(cursor, into);
    case geometryKind.lineString:
      return readCoordinates(cursor, into) && into.endLine();
    case geometryKind.polygon:
      return readRings(cursor, into);
    default:
      return readParts(cursor, kind, into, depth);
  }
}

function readPoint(cursor: WkbCursor, into: GeometryBuffer): boolean {
  if (!cursor.hasCoordinates(1)) return false;
  const x = cursor.takeOrdinate();
  const y = cursor.takeOrdinate();
  cursor.skipFurtherOrdinates();
  if (!Number.isNaN(x) || !Number.isNaN(y)) return into.coordinate(x, y);
  into.emptyPoint();
  return true;
}

function readRings(cursor: WkbCursor, into: GeometryBuffer): boolean {
  const rings = cursor.takeCount(4);
  const at = into.beginList();
  for (let ring = 0; ring < rings; ring++) {
    if (!readCoordinates(cursor, into) || !into.endRing()) return false;
  }
  into.endList(at, rings);
  return rings >= 0;
}

function readCoordinates(cursor: WkbCursor, into: GeometryBuffer): boolean {
  const count = cursor.takeCount(16);
  into.beginSequence();
  if (count < 0 || !cursor.hasCoordinates(count)) return false;
  for (let i = 0; i < count; i++) {
    const x = cursor.takeOrdinate();
    const y = cursor.takeOrdinate();
    cursor.skipFurtherOrdinates();
    if (!into.coordinate(x, y)) return false;
  }
  return true;
}

function readParts(cursor: WkbCursor, kind: number, into: GeometryBuffer, depth: number): boolean {
  const parts = cursor.takeCount(5);
  const at = into.beginList();
  const expected = kind === geometryKind.collection ? 0 : kind - geometryKind.multiPoint + geometryKind.point;
  if (parts < 0 || depth > nestingMax) return false;
  for (let part = 0; part < parts; part++) {
    const partKind = cursor.takeHeader();
    if (partKind === 0 || (expected !== 0 && partKind !== expected)) return false;
    into.beginPart(partKind);
    if (!readBody(cursor, partKind, into, depth + 1)) return false;
  }
  into.endList(at, parts);
  return true;
}

let lastView: DataView = new DataView(new ArrayBuffer(0));

/** Reads on through well-known binary, every geometry of which says its own byte order and dimensions. */
class WkbCursor {
  /** The SRID of the last geometry that named one. */
  srid = 0;
  private readonly view: DataView;
  private at: number;
  /** Where it ends. */
  private readonly end: number;
  private isLittleEndian = true;
  private furtherOrdinates = 0;

  constructor(bytes: Buffer, start: number, end: number) {
    // Most geometries stand in the same memory as the one before.
    if (lastView.buffer !== bytes.buffer) lastView = new DataView(bytes.buffer);
    this.view = lastView;
    this.at = bytes.byteOffset + start;
    this.end = bytes.byteOffset + end;
  }

  /** The kind of the geometry that begins here, 0 when none does. */
  takeHeader(): number {
    if (this.end - this.at < 5) return 0;
    const order = this.view.getUint8(this.at);
    if (order > 1) return 0;
    this.isLittleEndian = order === 1;
    const type = this.view.getUint32(this.at + 1, this.isLittleEndian);
    this.at += 5;
    if (type & sridFlag) {
      if (this.end - this.at < 4) return 0;
      this.srid = this.view.getUint32(this.at, this.isLittleEndian);
      this.at += 4;
    }
    const number = type & kindMask;
    const isoDimensions = Math.floor(number / 1000);
    const hasZ = (type & zFlag) !== 0 || isoDimensions === 1 || isoDimensions === 3;
    const hasM = (type & mFlag) !== 0 || isoDimensions === 2 || isoDimensions === 3;
    this.furtherOrdinates = (hasZ ? 1 : 0) + (hasM ? 1 : 0);
    const kind = number % 1000;
    return isoDimensions <= 3 && kind >= geometryKind.point && kind <= geometryKind.collection ? kind : 0;
  }

  /** How many entries follow, of at least so many bytes each; -1 when there is no room for them. */
  takeCount(entryBytes: number): number {
    if (this.end - this.at < 4) return -1;
    const count = this.view.getUint32(this.at, this.isLittleEndian);
    this.at += 4;
    return count * entryBytes <= this.end - this.at ? count : -1;
  }

  hasCoordinates(count: number): boolean {
    return count * 8 * (2 + this.furtherOrdinates) <= this.end - this.at;
  }

  takeOrdinate(): number {
    const value = this.view.getFloat64(this.at, this.isLittleEndian);
    this.at += 8;
    return value;
  }

  skipFurtherOrdinates(): void {
    this.at += 8 * this.furtherOrdinates;
  }

  isAtEnd(): boolean {
    return this.at === this.end;
  }
}
