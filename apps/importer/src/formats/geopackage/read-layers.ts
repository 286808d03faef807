import { LeftToGdal } from '../gdal/leave-to-gdal.js';
import type { PageFile } from './page-file.js';
import { parseCreateTable, type SqliteTable } from './parse-create-table.js';
import { RecordValues } from './record-values.js';
import { TableWalk } from './table-walk.js';

/** A layer of a GeoPackage: a table with rows that are features, or without geometry. */
export interface GeopackageLayer {
  readonly name: string;
  /** The page that its rows are found from. */
  readonly root: number;
  readonly table: SqliteTable;
  /** `null` for a layer without geometry. */
  readonly geometry: {
    readonly column: number;
    /** The kind as the file declares it, in capital letters. */
    readonly kind: string;
    /** Whether the coordinates are degrees. */
    readonly isDegrees: boolean;
  } | null;
}

type Value = string | number | null;
type Row = ReadonlyMap<string, Value>;

/** A table, or whatever else there is in a database. */
interface SchemaEntry {
  readonly type: Value;
  readonly name: string;
  readonly root: number;
  readonly sql: string;
}

const schemaTable: SqliteTable = {
  columns: ['type', 'name', 'tbl_name', 'rootpage', 'sql'].map((name) => ({
    name,
    type: '',
    hasDefault: false,
  })),
  key: null,
  hasOtherKey: false,
};
/** Tables that describe a file have few rows. */
const describingRowsMax = 10_000;
const sqlCharactersMax = 100_000;

/** Tables that belong to the file and not to what it holds. */
const ownTable = /^(gpkg_|rtree_|sqlite_)|^ogr_empty_table$/i;
const layerTypes = new Set<Value>(['features', 'attributes', 'aspatial']);
const otherTypes = new Set<Value>(['tiles', '2d-gridded-coverage']);

/**
 * Lists the layers of a GeoPackage as GDAL does.
 *
 * @throws LeftToGdal where the file has something that only GDAL knows: views, virtual tables, tables that are no layers
 * @throws SyncError `file-unreadable`
 */
export async function readLayers(file: PageFile): Promise<GeopackageLayer[]> {
  if (!file.isUtf8) throw new LeftToGdal('its texts are UTF-16');
  const schema = (await readRows(file, 1, schemaTable)).map(entryOf);
  const tables = new Map(schema.filter(({ type }) => type === 'table').map((entry) => [entry.name, entry]));
  if (schema.some(({ type, name }) => type === 'view' && !ownTable.test(name))) {
    throw new LeftToGdal('it has views');
  }
  const describing = (name: string): Promise<Row[]> => readDescribingTable(file, tables.get(name));
  const contents = await describing('gpkg_contents');
  const geometries = tables.has('gpkg_geometry_columns') ? await describing('gpkg_geometry_columns') : [];
  const references = await describing('gpkg_spatial_ref_sys');
  const listed = new Set(contents.map((row) => row.get('table_name')));
  if ([...tables.keys()].some((name) => !listed.has(name) && !ownTable.test(name))) {
    throw new LeftToGdal('it has tables that are no layers');
  }
  if (
    contents.some((row) => !layerTypes.has(row.get('data_type')!) && !otherTypes.has(row.get('data_type')!))
  ) {
    throw new LeftToGdal('it has contents of other kinds');
  }
  return contents
    .filter((row) => layerTypes.has(row.get('data_type')!))
    .map((row) => layerOf(row, tables, geometries, references));
}

function layerOf(
  content: Row,
  tables: ReadonlyMap<string, SchemaEntry>,
  geometries: readonly Row[],
  references: readonly Row[],
): GeopackageLayer {
  const name = String(content.get('table_name'));
  const { table, root } = tableOf(tables.get(name));
  const described = geometries.filter((row) => row.get('table_name') === name);
  if (table.hasOtherKey) throw new LeftToGdal('a layer has a key of its own');
  const isSpatial = content.get('data_type') === 'features';
  if (described.length !== (isSpatial ? 1 : 0)) throw new LeftToGdal('a layer is not described');
  if (!isSpatial) return { name, root, table, geometry: null };
  const [given] = described;
  const column = table.columns.findIndex((each) => each.name === given!.get('column_name'));
  if (column === -1) throw new LeftToGdal('a layer has no geometry');
  const reference = references.find((row) => row.get('srs_id') === given!.get('srs_id'));
  const isDegrees =
    String(reference?.get('organization')).toUpperCase() === 'EPSG' &&
    reference?.get('organization_coordsys_id') === 4_326;
  const kind = String(given!.get('geometry_type_name')).toUpperCase();
  return { name, root, table, geometry: { column, kind, isDegrees } };
}

function entryOf(row: Row): SchemaEntry {
  return {
    type: row.get('type') ?? null,
    name: String(row.get('name')),
    root: Number(row.get('rootpage') ?? 0),
    sql: String(row.get('sql') ?? ''),
  };
}

function tableOf(entry: SchemaEntry | undefined): { table: SqliteTable; root: number } {
  const sql = entry === undefined || entry.sql.length > sqlCharactersMax ? '' : entry.sql;
  const table = parseCreateTable(sql);
  if (entry === undefined || table === null) throw new LeftToGdal('a table is not of the usual sort');
  return { table, root: entry.root };
}

async function readDescribingTable(file: PageFile, entry: SchemaEntry | undefined): Promise<Row[]> {
  const { table, root } = tableOf(entry);
  return readRows(file, root, table);
}

async function readRows(file: PageFile, root: number, { columns, key }: SqliteTable): Promise<Row[]> {
  const rows: Row[] = [];
  const values = new RecordValues(columns.length);
  const walk = new TableWalk(file, (bytes, start, end, number) => {
    values.find(bytes, start, end);
    const value = (column: number): Value => (column === key ? number : valueOf(values, bytes, column));
    rows.push(new Map(columns.map(({ name }, column) => [name.toLowerCase(), value(column)])));
    if (rows.length > describingRowsMax) throw new LeftToGdal('it describes far too much');
    return true;
  });
  await walk.walk(root);
  return rows;
}

function valueOf(values: RecordValues, bytes: Buffer, column: number): Value {
  if (column >= values.count || values.isNothing(column)) return null;
  if (values.isText(column)) return bytes.toString('utf8', values.starts[column], values.ends[column]);
  return values.isInteger(column) ? Number(values.integer(bytes, column)) : null;
}
