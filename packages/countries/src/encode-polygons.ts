/** A ring, and a polygon of an outer ring and its holes, as longitudes and latitudes. */
export type Ring = readonly (readonly number[])[];
export type Polygon = readonly Ring[];

const multiPolygonWithSrid = 0x20000006;
const polygonKind = 3;
const partHeaderBytes = 5;
const coordinateBytes = 16;

const earthRadiusMetres = 6_378_137;
const metresPerDegree = (earthRadiusMetres * Math.PI) / 180;
/** Beyond it the web's map projection runs off, so shapes end there. */
const webmercatorLatitudeMax = 89;

/** Little-endian EWKB of the polygons in degrees (SRID 4326). */
export function encodeDegrees(polygons: readonly Polygon[]): Buffer {
  return encode(polygons, 4326, (x, y) => [x, y]);
}

/** Little-endian EWKB of the polygons as the web's maps show them (SRID 3857), cut off at 89 degrees of latitude. */
export function encodeWebmercator(polygons: readonly Polygon[]): Buffer {
  return encode(polygons, 3857, (longitude, latitude) => {
    const shown = Math.max(-webmercatorLatitudeMax, Math.min(webmercatorLatitudeMax, latitude));
    const y = earthRadiusMetres * Math.asinh(Math.tan((shown * Math.PI) / 180));
    return [longitude * metresPerDegree, y];
  });
}

function encode(
  polygons: readonly Polygon[],
  srid: number,
  project: (x: number, y: number) => readonly [number, number],
): Buffer {
  const bytes = Buffer.allocUnsafe(sizeOf(polygons));
  let at = bytes.writeUInt8(1, 0);
  const writeNumber = (number: number): void => void (at = bytes.writeUInt32LE(number, at));
  writeNumber(multiPolygonWithSrid);
  writeNumber(srid);
  writeNumber(polygons.length);
  for (const polygon of polygons) {
    at = bytes.writeUInt8(1, at);
    writeNumber(polygonKind);
    writeNumber(polygon.length);
    for (const ring of polygon) {
      writeNumber(ring.length);
      for (const [longitude, latitude] of ring) {
        const [x, y] = project(longitude!, latitude!);
        at = bytes.writeDoubleLE(x, at);
        at = bytes.writeDoubleLE(y, at);
      }
    }
  }
  return bytes;
}

function sizeOf(polygons: readonly Polygon[]): number {
  let bytes = 1 + 4 + 4 + 4;
  for (const polygon of polygons) {
    bytes += partHeaderBytes + 4;
    for (const ring of polygon) bytes += 4 + ring.length * coordinateBytes;
  }
  return bytes;
}
