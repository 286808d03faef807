/** An EWKB point with its SRID: byte order, type, SRID, x, y. */
export const ewkbPointBytes = 25;

const littleEndian = 1;
const pointWithSrid = 0x20000001;
const degreesSrid = 4326;
const webmercatorSrid = 3857;

const earthRadiusMetres = 6_378_137;
const metresPerDegree = (earthRadiusMetres * Math.PI) / 180;

/** The latitude beyond which the web's map projection runs off; such points have no place on a map. */
export const webmercatorLatitudeMax = 89;

/** Whether the pair is a place on earth in degrees. */
export function isPlace(longitude: number, latitude: number): boolean {
  return longitude >= -180 && longitude <= 180 && latitude >= -90 && latitude <= 90;
}

/** Writes the point in degrees (SRID 4326) at `at`, which must have room for `ewkbPointBytes`. */
export function writeDegreesPoint(view: DataView, at: number, longitude: number, latitude: number): void {
  writePoint(view, at, degreesSrid, longitude, latitude);
}

/**
 * Writes the point for maps (SRID 3857), by the spherical formula that defines that projection.
 * The latitude must be within ±`webmercatorLatitudeMax`.
 */
export function writeWebmercatorPoint(view: DataView, at: number, longitude: number, latitude: number): void {
  writePoint(view, at, webmercatorSrid, webmercatorX(longitude), webmercatorY(latitude));
}

/** Metres to the east of Greenwich on the web's maps. */
export function webmercatorX(longitude: number): number {
  return longitude * metresPerDegree;
}

/** Metres to the north of the equator on the web's maps, of a latitude within ±`webmercatorLatitudeMax`. */
export function webmercatorY(latitude: number): number {
  // Half of an angle is not exact, and the equator should be.
  if (latitude === 0) return 0;
  return earthRadiusMetres * Math.log(Math.tan(Math.PI / 4 + (latitude * Math.PI) / 360));
}

function writePoint(view: DataView, at: number, srid: number, x: number, y: number): void {
  view.setUint8(at, littleEndian);
  view.setUint32(at + 1, pointWithSrid, true);
  view.setUint32(at + 5, srid, true);
  view.setFloat64(at + 9, x, true);
  view.setFloat64(at + 17, y, true);
}
