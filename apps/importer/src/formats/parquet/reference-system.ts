import { SyncError } from '@tidetable/contracts';

const degreesSrid = 4326;
/** What EWKB and PostGIS have room for. */
const sridMax = 998_999;
const nameCharactersMax = 80;

/** Reference systems of the Open Geospatial Consortium are those of EPSG, with x before y. */
const sridsOfOgc: Record<string, number> = {
  CRS84: degreesSrid,
  CRS84h: degreesSrid,
  CRS83: 4269,
  CRS27: 4267,
};
/** Numbers that were in use for what has another one. */
const sridsByOldNumber: Record<number, number> = {
  900913: 3857,
  102100: 3857,
  102113: 3857,
  4979: degreesSrid,
};

/**
 * The number that PostGIS has for a reference system, which is given by PROJJSON, WKT, or a name such as `EPSG:25830`; one
 * that is not given is degrees, as GeoParquet has it.
 *
 * @throws SyncError `crs-unknown`, with its name, when nothing says which number it has, or when it is said to be none
 */
export function sridOf(crs: unknown): number {
  if (crs === undefined) return degreesSrid;
  if (crs === null) throw new SyncError('crs-unknown', 'it says that it has none');
  const { authority, code, name } = typeof crs === 'object' ? fromJson(crs) : fromText(textOf(crs));
  const number = numberOf(authority, code);
  if (number !== null) return number;
  if (/^WGS[ _]?(19)?84( \(CRS84\))?$/i.test(name)) return degreesSrid;
  const identifier = authority === '' ? '' : `${authority}:${code}`;
  const told = name === '' ? identifier : identifier === '' ? name : `${name} (${identifier})`;
  throw new SyncError(
    'crs-unknown',
    told === ''
      ? 'it has neither an identifier nor a name'
      : Array.from(told.replace(/\p{C}/gu, '?')).slice(0, nameCharactersMax).join(''),
  );
}

interface NamedReference {
  readonly authority: string;
  readonly code: string;
  readonly name: string;
}

function numberOf(authority: string, code: string): number | null {
  if (/^OGC$/i.test(authority)) return sridsOfOgc[code] ?? null;
  if (!/^(EPSG|ESRI|SRID)$/i.test(authority) || !/^\d{1,6}$/.test(code)) return null;
  const number = Number(code);
  return number > 0 && number <= sridMax ? (sridsByOldNumber[number] ?? number) : null;
}

type Identifier = { readonly authority?: unknown; readonly code?: unknown } | null;

function fromJson(crs: object): NamedReference {
  const { id, ids, name } = crs as {
    id?: Identifier;
    ids?: unknown;
    name?: unknown;
  };
  const identifier = id ?? (Array.isArray(ids) ? (ids as readonly Identifier[])[0] : null);
  return {
    authority: textOf(identifier?.authority),
    code: textOf(identifier?.code),
    name: textOf(name),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A name such as `EPSG:4326`, a URN, or WKT, whose own identifier is its last one. */
function fromText(crs: string): NamedReference {
  const text = crs.trim();
  const short = /^(?:urn:ogc:def:crs:)?(\w+):(?:[\w.]*:)?(\w+)$/i.exec(text);
  if (short !== null) return { authority: short[1]!, code: short[2]!, name: '' };
  const identifier = /(?:ID|AUTHORITY)\s*\[\s*"(\w+)"\s*,\s*"?(\w+)"?\s*\]\s*\]$/i.exec(text);
  const name = /^\w+\s*\[\s*"([^"]*)"/.exec(text)?.[1];
  return { authority: identifier?.[1] ?? '', code: identifier?.[2] ?? '', name: name ?? text };
}
