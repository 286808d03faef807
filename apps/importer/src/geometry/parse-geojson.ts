import { geometryKind } from '../formats/geometry-kind.js';
import type { GeometryBuffer } from './geometry-buffer.js';
import { nestingMax } from './parse-wkt.js';

const kinds = new Map<unknown, number>([
  ['Point', geometryKind.point],
  ['LineString', geometryKind.lineString],
  ['Polygon', geometryKind.polygon],
  ['MultiPoint', geometryKind.multiPoint],
  ['MultiLineString', geometryKind.multiLineString],
  ['MultiPolygon', geometryKind.multiPolygon],
  ['GeometryCollection', geometryKind.collection],
]);

/** The members of any object that are looked at. */
interface JsonObject {
  readonly type?: unknown;
  readonly coordinates?: unknown;
  readonly geometries?: unknown;
  readonly geometry?: unknown;
  readonly crs?: unknown;
  readonly properties?: unknown;
  readonly name?: unknown;
}

/**
 * Reads a GeoJSON geometry, or a feature for its geometry, out of text. Further ordinates than two are left out. False
 * when it is none; what is in the buffer means nothing then.
 */
export function parseGeoJson(bytes: Buffer, start: number, end: number, into: GeometryBuffer): boolean {
  into.begin();
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8', start, end));
  } catch {
    return false;
  }
  if (!isObject(value)) return false;
  const geometry = value.type === 'Feature' ? value.geometry : value;
  if (!isObject(geometry)) return false;
  const kind = kinds.get(geometry.type);
  const srid = sridOf(geometry.crs ?? value.crs);
  if (kind === undefined || srid === null || !writeBody(geometry, kind, into, 0)) return false;
  into.complete(kind, srid);
  return true;
}

/** The number of a reference system named as GeoJSON once did; 0 for degrees, `null` for one that has no number. */
function sridOf(crs: unknown): number | null {
  if (crs === undefined || crs === null) return 0;
  const properties = isObject(crs) ? crs.properties : null;
  const name = isObject(properties) ? properties.name : null;
  if (typeof name !== 'string') return null;
  if (/\bCRS:*84$/i.test(name)) return 0;
  const number = /^(?:urn:ogc:def:crs:)?EPSG:(?:[\d.]*:)?(\d{1,6})$/i.exec(name);
  return number === null ? null : Number(number[1]);
}

function writeBody(geometry: JsonObject, kind: number, into: GeometryBuffer, depth: number): boolean {
  const { coordinates } = geometry;
  switch (kind) {
    case geometryKind.point:
      return writePoint(coordinates, into);
    case geometryKind.lineString:
      return writeSequence(coordinates, into) && into.endLine();
    case geometryKind.polygon:
      return writeRings(coordinates, into);
    case geometryKind.collection:
      return writeCollection(geometry.geometries, into, depth);
    default:
      return writeParts(coordinates, kind - geometryKind.multiPoint + geometryKind.point, into);
  }
}

function writePoint(coordinates: unknown, into: GeometryBuffer): boolean {
  if (!Array.isArray(coordinates)) return false;
  if (coordinates.length > 0) return writeCoordinate(coordinates, into);
  into.emptyPoint();
  return true;
}

function writeRings(rings: unknown, into: GeometryBuffer): boolean {
  return writeEach(rings, into, (ring) => writeSequence(ring, into) && into.endRing());
}

function writeParts(parts: unknown, partKind: number, into: GeometryBuffer): boolean {
  return writeEach(parts, into, (coordinates) => {
    into.beginPart(partKind);
    return writeBody({ coordinates }, partKind, into, 0);
  });
}

function writeCollection(geometries: unknown, into: GeometryBuffer, depth: number): boolean {
  if (depth > nestingMax) return false;
  return writeEach(geometries, into, (geometry) => {
    const kind = isObject(geometry) ? kinds.get(geometry.type) : undefined;
    if (kind === undefined) return false;
    into.beginPart(kind);
    return writeBody(geometry as JsonObject, kind, into, depth + 1);
  });
}

function writeEach(entries: unknown, into: GeometryBuffer, write: (entry: unknown) => boolean): boolean {
  if (!Array.isArray(entries)) return false;
  const at = into.beginList();
  into.endList(at, entries.length);
  return entries.every(write);
}

function writeSequence(coordinates: unknown, into: GeometryBuffer): boolean {
  into.beginSequence();
  return Array.isArray(coordinates) && coordinates.every((coordinate) => writeCoordinate(coordinate, into));
}

function writeCoordinate(coordinate: unknown, into: GeometryBuffer): boolean {
  if (!Array.isArray(coordinate)) return false;
  const [x, y] = coordinate as unknown[];
  return typeof x === 'number' && typeof y === 'number' && into.coordinate(x, y);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
