import { createHash } from 'node:crypto';

/** The formats of the load's files, by their extension. */
export type SourceFormat = 'csv' | 'csv.gz' | 'geojson' | 'zip' | 'gpkg';

/** What a source is like; follows from its number alone. */
export interface SourceShape {
  readonly number: number;
  readonly format: SourceFormat;
  /** The first version has about as many rows. */
  readonly rows: number;
  /** By what a client may ask whether there is a newer version. */
  readonly validator: 'etag' | 'weak-etag' | 'last-modified' | 'none';
  /** What the source wants to be shown: nothing, a token in its address, or a header. */
  readonly secret: 'none' | 'query' | 'header';
}

/** One row of a version. Every row carries its source and version, so that no mixture of two can go unnoticed. */
export interface SourceRow {
  readonly n: number;
  readonly source: number;
  readonly version: number;
  readonly amount: number;
  readonly label: string;
  readonly lat: number;
  readonly lon: number;
}

/** What a row of a table looks like to whoever compares it; `digestSql` in the verifier writes the same. */
const columnNames = ['n', 'source', 'version', 'amount', 'label', 'lon', 'lat'] as const;

/** In every 25: sixteen CSV files, one of them large, five of GeoJSON, four gzipped, one shapefile and one GeoPackage. */
export function shapeOf(number: number): SourceShape {
  const place = number % 25;
  const common = {
    number,
    validator: (['etag', 'etag', 'last-modified', 'weak-etag', 'none'] as const)[number % 5]!,
    secret: (['none', 'none', 'none', 'query', 'none', 'none', 'header'] as const)[number % 7]!,
  };
  if (place === 5) return { ...common, format: 'csv', rows: 20_000 };
  if (place === 10) return { ...common, format: 'zip', rows: 150 };
  if (place === 15) return { ...common, format: 'geojson', rows: 3_000 };
  if (place === 20) return { ...common, format: 'gpkg', rows: 150 };
  const rows = 20 + (number % 9) * 20;
  if (place % 5 === 3) return { ...common, format: 'geojson', rows };
  return { ...common, format: place % 5 === 4 ? 'csv.gz' : 'csv', rows };
}

/** How many rows a version has: another number than the versions next to it. */
export function rowCountOf({ rows }: SourceShape, version: number): number {
  return rows + ((version * 7) % 23);
}

/** The rows of a version, in the order of `n`. */
export function rowsOf(shape: SourceShape, version: number): SourceRow[] {
  return Array.from({ length: rowCountOf(shape, version) }, (_, at) => ({
    n: at + 1,
    source: shape.number,
    version,
    amount: (shape.number * 100_003 + version * 8_191 + at * 31) % 1_000_000,
    label: `s${shape.number} v${version} n${at + 1}`,
    lat: at % 80,
    lon: (at * version) % 170,
  }));
}

/** What all rows of a version come to, values and order. */
export function digestOf(shape: SourceShape, version: number): string {
  const lines = rowsOf(shape, version).map((row) => columnNames.map((name) => row[name]).join('|'));
  return createHash('md5').update(lines.join('\n')).digest('hex');
}
