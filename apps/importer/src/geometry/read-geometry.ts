import type { GeometryBuffer } from './geometry-buffer.js';
import { parseGeoJson } from './parse-geojson.js';
import { parseKml } from './parse-kml.js';
import { parseHexWkb, parseWkb } from './parse-wkb.js';
import { parseWkt } from './parse-wkt.js';

/** What a value of a geometry column turned out to be; only with `geometry` the buffer holds one. */
export type GeometryReading =
  | 'geometry'
  /** A geometry without coordinates, or no value at all. */
  | 'empty'
  /** In none of the notations that are read, or not complete. */
  | 'unreadable'
  /** A geometry that names no reference system, so that its coordinates should be degrees, and they are none. */
  | 'not-degrees';

/** The reference systems whose coordinates are longitude and latitude as we have them: 0 says nothing else. */
const degreesSrids = new Set([0, 4326]);
const latitudeMax = 90;
/** Shapes across the date line are often drawn on beyond it, or counted from 0 to 360. */
const longitudeMax = 360;

/**
 * Reads a value of a text column as a geometry, in whatever notation its first character shows: GeoJSON, KML,
 * hexadecimal WKB or EWKB, WKT or EWKT.
 */
export function readGeometryText(
  bytes: Buffer,
  start: number,
  end: number,
  into: GeometryBuffer,
): GeometryReading {
  while (start < end && isBlank(bytes[start]!)) start++;
  while (end > start && isBlank(bytes[end - 1]!)) end--;
  if (start === end) return 'empty';
  return parseText(bytes, start, end, into) ? judgeGeometry(into) : 'unreadable';
}

/** Reads a value that a format gives as hexadecimal digits of well-known binary. */
export function readWkbDigits(
  bytes: Buffer,
  start: number,
  end: number,
  into: GeometryBuffer,
): GeometryReading {
  if (start === end) return 'empty';
  return parseHexWkb(bytes, start, end, into) ? judgeGeometry(into) : 'unreadable';
}

/** Reads a value that a format gives as well-known binary. */
export function readWkb(bytes: Buffer, start: number, end: number, into: GeometryBuffer): GeometryReading {
  if (start === end) return 'empty';
  return parseWkb(bytes, start, end, into) ? judgeGeometry(into) : 'unreadable';
}

/** Tells what the geometry in the buffer can be used for. */
function judgeGeometry({ coordinates, srid, west, south, east, north }: GeometryBuffer): GeometryReading {
  if (coordinates === 0) return 'empty';
  if (!degreesSrids.has(srid)) return 'geometry';
  const isDegrees =
    south >= -latitudeMax && north <= latitudeMax && west >= -longitudeMax && east <= longitudeMax;
  return isDegrees ? 'geometry' : 'not-degrees';
}

/** Whether the reference system is another than degrees, so that the geometry must be reprojected. */
export function isForeign(srid: number): boolean {
  return !degreesSrids.has(srid);
}

function parseText(bytes: Buffer, start: number, end: number, into: GeometryBuffer): boolean {
  switch (bytes[start]) {
    case 0x7b: // {
      return parseGeoJson(bytes, start, end, into);
    case 0x3c: // <
      return parseKml(bytes, start, end, into);
    case 0x30: // 0
    case 0x5c: // \
      return parseHexWkb(bytes, start, end, into);
    default:
      return parseWkt(bytes, start, end, into);
  }
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
