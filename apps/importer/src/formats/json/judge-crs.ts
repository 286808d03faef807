/** What a `crs` member says of the coordinates. */
export type CrsJudgement =
  | { readonly kind: 'degrees' }
  /** A reference system with a name; GDAL knows whether there is one of that name. */
  | { readonly kind: 'named'; readonly name: string }
  /** Something that names none: a link, say, which is never followed. */
  | { readonly kind: 'unknown'; readonly detail: string };

const nameCharactersMax = 100;

/** Names of longitude and latitude in WGS 84, in that order, as GeoJSON has them whatever the name says of the order. */
const degreesName =
  /^(EPSG:4326|WGS ?84|(OGC:)?CRS:?84|urn:(x-)?ogc:def:crs:(OGC:[\d.]*:CRS84|EPSG:[\d.]*:4326)|https?:\/\/www\.opengis\.net\/(def\/crs\/(OGC\/[\d.]+\/CRS84|EPSG\/\d+\/4326)|gml\/srs\/epsg\.xml#4326))$/i;

/** Judges the text of a `crs` member of GeoJSON as it was before RFC 7946: `null` and WGS 84 are degrees. */
export function judgeCrs(json: string): CrsJudgement {
  let crs: unknown;
  try {
    crs = JSON.parse(json);
  } catch {
    return { kind: 'unknown', detail: 'the crs member is not valid JSON' };
  }
  if (crs === null) return { kind: 'degrees' };
  const name = nameOf(crs);
  if (name === null) return { kind: 'unknown', detail: 'the crs member names no reference system' };
  if (degreesName.test(name)) return { kind: 'degrees' };
  return { kind: 'named', name: name.slice(0, nameCharactersMax) };
}

function nameOf(crs: unknown): string | null {
  if (typeof crs === 'string') return crs;
  const { type, properties } = Object(crs) as { type?: unknown; properties?: unknown };
  const { name, code } = Object(properties) as { name?: unknown; code?: unknown };
  if (typeof name === 'string') return name;
  const isCode = type === 'EPSG' && (typeof code === 'number' || typeof code === 'string');
  return isCode ? `EPSG:${code}` : null;
}
