import { SyncError } from '@tidetable/contracts';
import type { FileMetaData, SchemaTree } from 'hyparquet';

/** How the places in a column are projected: degrees, or the metres of web maps. */
export type Projection = 'degrees' | 'webmercator';

/** The column that is the geometry of each row. */
export interface GeoColumn {
  readonly name: string;
  /** As well-known binary, or as a point of two or more coordinates. */
  readonly encoding: 'wkb' | 'point';
  readonly projection: Projection;
  /** A column with each geometry's extent, which is no data of its own. */
  readonly extentColumn: string | null;
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
 * @throws SyncError `crs-unknown` for another reference system than those that can be read, `file-type-unsupported` for
 * another encoding, or `file-unreadable`
 */
export function findGeoColumn(metadata: FileMetaData, schema: SchemaTree): GeoColumn | null {
  const geo = metadata.key_value_metadata?.find(({ key }) => key === 'geo')?.value;
  return (geo === undefined ? null : fromGeoParquet(geo)) ?? fromSchema(metadata, schema);
}

function fromGeoParquet(text: string): GeoColumn | null {
  const { primary_column: name, columns } = parseJson(text) as {
    primary_column?: unknown;
    columns?: Record<string, ColumnMetadata>;
  };
  const column = typeof name === 'string' ? columns?.[name] : undefined;
  if (typeof name !== 'string' || column === undefined) return null;
  const encoding = String(column.encoding).toLowerCase();
  if (encoding !== 'wkb' && encoding !== 'point') {
    throw new SyncError('file-type-unsupported', 'its geometries are neither WKB nor points');
  }
  return {
    name,
    encoding,
    projection: projectionOf(column.crs),
    extentColumn: typeof column.covering?.bbox?.xmin?.[0] === 'string' ? column.covering.bbox.xmin[0] : null,
  };
}

function fromSchema(metadata: FileMetaData, schema: SchemaTree): GeoColumn | null {
  for (const { element } of schema.children) {
    const logical = element.logical_type;
    if (logical?.type !== 'GEOMETRY' && logical?.type !== 'GEOGRAPHY') continue;
    const crs = namedReference(metadata, logical.crs);
    return { name: element.name, encoding: 'wkb', projection: projectionOf(crs), extentColumn: null };
  }
  return null;
}

/** Where the schema names a reference system, it may be one that the file describes elsewhere. */
function namedReference(metadata: FileMetaData, crs: string | undefined): unknown {
  if (crs === undefined || crs === '') return undefined;
  const described = /^projjson:(.*)$/s.exec(crs)?.[1];
  if (described === undefined) return /^\s*\{/.test(crs) ? parseJson(crs) : crs;
  const text = metadata.key_value_metadata?.find(({ key }) => key === described)?.value;
  return text === undefined ? described : parseJson(text);
}

function parseJson(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    throw new SyncError('file-unreadable', 'what it says of its geometries is no JSON', { cause: error });
  }
  throw new SyncError('file-unreadable', 'what it says of its geometries is no JSON object');
}

const degrees = /^(OGC:CRS84h?|EPSG:4326|EPSG:4979|SRID:4326)$/i;
const webmercator = /^(EPSG:3857|EPSG:900913|ESRI:102100|SRID:3857)$/i;

/** A reference system that is not named is degrees, one that is said to be none is unknown. */
function projectionOf(crs: unknown): Projection {
  if (crs === undefined) return 'degrees';
  if (crs === null) throw new SyncError('crs-unknown', 'it says that it has none');
  const name = typeof crs === 'string' ? crs : nameOf(crs);
  if (degrees.test(name)) return 'degrees';
  if (webmercator.test(name)) return 'webmercator';
  throw new SyncError('crs-unknown', name.slice(0, 80));
}

/** By its identifier; a description without one that is called WGS 84 and in degrees is that. */
function nameOf(crs: object): string {
  const { id, ids, name, type } = crs as {
    id?: { authority?: unknown; code?: unknown };
    ids?: readonly { authority?: unknown; code?: unknown }[];
    name?: unknown;
    type?: unknown;
  };
  const identifier = id ?? ids?.[0];
  if (identifier !== undefined) return `${String(identifier.authority)}:${String(identifier.code)}`;
  if (type === 'GeographicCRS' && /^WGS 84( \(CRS84\))?$/i.test(String(name))) return 'OGC:CRS84';
  return typeof name === 'string' ? name : 'it has neither an identifier nor a name';
}
