import { SyncError } from '@tidetable/contracts';
import { unsupportedFile } from './damaged-file.js';
import type { FileDescription } from './parse-footer.js';
import { sridOf } from './reference-system.js';

/** Describing columns and a reference system takes a few thousand. */
const noteCharactersMax = 1024 * 1024;

/** The column that is the geometry of each row. */
export interface GeoColumn {
  readonly name: string;
  /** As well-known binary, or as a point of two or more coordinates. */
  readonly encoding: 'wkb' | 'point';
  /** The number of its reference system. */
  readonly srid: number;
  /** Columns with each geometry's extent, which are no data of their own. */
  readonly extentColumns: readonly string[];
}

interface ColumnMetadata {
  readonly encoding?: unknown;
  readonly crs?: unknown;
  readonly covering?: { readonly bbox?: { readonly xmin?: readonly unknown[] } };
}

/**
 * Finds the geometry of a Parquet file: the primary column by the metadata of GeoParquet, else the first that the schema
 * itself calls a geometry; `null` for a table without. Coordinates are always x, then y, whatever the reference system.
 *
 * @throws SyncError `crs-unknown` for a reference system without a number that PostGIS might know, `file-type-unsupported`
 * for another encoding, or `file-unreadable`
 */
export function findGeoColumn(file: FileDescription): GeoColumn | null {
  const geo = file.note('geo');
  return (geo === null ? null : fromGeoParquet(geo, file)) ?? fromSchema(file);
}

function fromGeoParquet(text: string, { schema }: FileDescription): GeoColumn | null {
  const { primary_column: name, columns } = parseJson(text) as {
    primary_column?: unknown;
    columns?: unknown;
  };
  if (typeof name !== 'string' || typeof columns !== 'object' || columns === null) return null;
  const described = Object.entries(columns as Record<string, ColumnMetadata | null>);
  const column = described.find(([other]) => other === name)?.[1];
  if (column == null || !schema.children.some((child) => child.name === name)) return null;
  const encoding = String(column.encoding).toLowerCase();
  if (encoding !== 'wkb' && encoding !== 'point') {
    throw unsupportedFile('whose geometries are neither WKB nor points');
  }
  const extents = described.map(([, other]) => other?.covering?.bbox?.xmin?.[0]);
  return {
    name,
    encoding,
    srid: sridOf(column.crs),
    extentColumns: extents.filter((extent) => typeof extent === 'string'),
  };
}

function fromSchema(file: FileDescription): GeoColumn | null {
  for (const { name, meaning } of file.schema.children) {
    if (meaning?.kind !== 'geometry') continue;
    return { name, encoding: 'wkb', srid: sridOf(namedReference(file, meaning.crs)), extentColumns: [] };
  }
  return null;
}

/** Where the schema names a reference system, it may be one that the file describes elsewhere. */
function namedReference(file: FileDescription, crs: string | null): unknown {
  if (crs === null || crs === '') return undefined;
  const key = /^projjson:(.*)$/s.exec(crs)?.[1];
  if (key === undefined) return /^\s*\{/.test(crs) ? parseJson(crs) : crs;
  const text = file.note(key);
  return text === null ? key : parseJson(text);
}

function parseJson(text: string): object {
  if (text.length > noteCharactersMax) {
    throw new SyncError('file-unreadable', 'what it says of its geometries is too long');
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    throw new SyncError('file-unreadable', 'what it says of its geometries is no JSON', { cause: error });
  }
  throw new SyncError('file-unreadable', 'what it says of its geometries is no JSON object');
}
