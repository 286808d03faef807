import type { TextBuffer } from '../text-buffer.js';
import type { Projection } from './geo-column.js';

/** EWKB marks what else it has in the upper bits of the type, ISO by thousands. */
const sridFlag = 0x20000000;
const measureFlag = 0x40000000;
const heightFlag = 0x80000000;
const depthMax = 32;
const degreesSrid = 4326;
const sridBytes = 4;
const pointBytes = 25;

const earthRadiusMetres = 6_378_137;
const degreesPerRadian = 180 / Math.PI;

/** The bytes of the geometries in hand, whichever way round they are written. */
interface Cursor {
  readonly view: DataView;
  at: number;
}

/**
 * Writes a geometry in well-known binary, of ISO or PostGIS, as the loader takes it: EWKB, little-endian, two
 * dimensions, in degrees. False, and nothing is written, when it is not well-known binary.
 */
export function writeEwkb(out: TextBuffer, wkb: Uint8Array, projection: Projection): boolean {
  const start = out.length - out.piece;
  const cursor: Cursor = { view: new DataView(wkb.buffer, wkb.byteOffset, wkb.length), at: 0 };
  // Dimensions are only ever left out.
  out.reserve(wkb.length + sridBytes);
  try {
    writeGeometry(out, cursor, projection, 0);
    if (cursor.at !== wkb.length) throw new RangeError('there is more behind the geometry');
    return true;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    out.length = out.piece + start;
    return false;
  }
}

/** The same for a point. */
export function writePoint(out: TextBuffer, x: number, y: number, projection: Projection): void {
  out.reserve(pointBytes);
  writeByte(out, 1);
  writeUint32(out, 1 + sridFlag);
  writeUint32(out, degreesSrid);
  writePlace(out, x, y, projection);
}

function writeGeometry(out: TextBuffer, cursor: Cursor, projection: Projection, depth: number): void {
  if (depth > depthMax) throw new RangeError('geometries lie too deep in each other');
  const order = cursor.view.getUint8(cursor.at++);
  if (order > 1) throw new RangeError('that is no byte order');
  const isLittle = order === 1;
  const code = readUint32(cursor, isLittle);
  if ((code & sridFlag) !== 0) readUint32(cursor, isLittle);
  const iso = (code & 0x1fffffff) >>> 0;
  const type = iso % 1_000;
  const more = Math.floor(iso / 1_000);
  const hasHeight = (code & heightFlag) !== 0 || more === 1 || more === 3;
  const hasMeasure = (code & measureFlag) !== 0 || more === 2 || more === 3;
  const skippedBytes = 8 * (Number(hasHeight) + Number(hasMeasure));

  writeByte(out, 1);
  writeUint32(out, depth === 0 ? type + sridFlag : type);
  if (depth === 0) writeUint32(out, degreesSrid);
  if (type === 1) {
    writePlaces(out, cursor, 1, isLittle, skippedBytes, projection);
    return;
  }
  if (type < 1 || type > 7 || more > 3) throw new RangeError('that is no type of geometry');
  const count = readUint32(cursor, isLittle);
  // Nothing is smaller than the least part of a geometry, so that what a damaged one says makes no work.
  if (count * 4 > cursor.view.byteLength) throw new RangeError('there are not so many parts');
  writeUint32(out, count);
  if (type === 2) writePlaces(out, cursor, count, isLittle, skippedBytes, projection);
  for (let part = 0; part < count && type !== 2; part++) {
    if (type === 3) {
      const places = readUint32(cursor, isLittle);
      writeUint32(out, places);
      writePlaces(out, cursor, places, isLittle, skippedBytes, projection);
    } else writeGeometry(out, cursor, projection, depth + 1);
  }
}

function writePlaces(
  out: TextBuffer,
  cursor: Cursor,
  count: number,
  isLittle: boolean,
  skippedBytes: number,
  projection: Projection,
): void {
  const { view } = cursor;
  if (cursor.at + count * (16 + skippedBytes) > view.byteLength) {
    throw new RangeError('there are not so many places');
  }
  for (let i = 0; i < count; i++) {
    const x = view.getFloat64(cursor.at, isLittle);
    const y = view.getFloat64(cursor.at + 8, isLittle);
    writePlace(out, x, y, projection);
    cursor.at += 16 + skippedBytes;
  }
}

function readUint32(cursor: Cursor, isLittle: boolean): number {
  const value = cursor.view.getUint32(cursor.at, isLittle);
  cursor.at += 4;
  return value;
}

function writePlace(out: TextBuffer, x: number, y: number, projection: Projection): void {
  const isDegrees = projection === 'degrees';
  writeDouble(out, isDegrees ? x : (x / earthRadiusMetres) * degreesPerRadian);
  writeDouble(
    out,
    isDegrees ? y : (2 * Math.atan(Math.exp(y / earthRadiusMetres)) - Math.PI / 2) * degreesPerRadian,
  );
}

function writeDouble(out: TextBuffer, value: number): void {
  out.length = out.bytes.writeDoubleLE(value, out.length);
}

function writeUint32(out: TextBuffer, value: number): void {
  out.length = out.bytes.writeUInt32LE(value >>> 0, out.length);
}

function writeByte(out: TextBuffer, value: number): void {
  out.bytes[out.length++] = value;
}
