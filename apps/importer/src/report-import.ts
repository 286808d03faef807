import type { ImportReport } from '@tidetable/contracts';
import { geometryColumn, keyColumn, webmercatorColumn } from './columns/name-columns.js';
import type { LoadedTable } from './load/load-table.js';

/** Time spent in the steps so far, in milliseconds. */
export interface StepTimings {
  fetchMs: number;
  loadMs: number;
  indexMs: number;
  swapMs: number;
}

/** What an import made, for the ledger, the run's history and the customer. Holds no value of any cell. */
export function reportImport(
  loaded: LoadedTable,
  schema: string,
  table: string,
  timings: StepTimings,
): ImportReport {
  const { plan, names, headers } = loaded;
  const geometryType = plan.point === null ? 'Geometry' : 'Point';
  const own = [
    ...(plan.key === null ? [{ name: keyColumn, type: 'bigint', header: null }] : []),
    { name: geometryColumn, type: `geometry(${geometryType},4326)`, header: null },
    { name: webmercatorColumn, type: `geometry(${geometryType},3857)`, header: null },
  ];
  return {
    schema,
    table,
    rows: loaded.rows,
    columns: [
      ...own,
      ...names.map((name, column) => ({ name, type: plan.types[column]!, header: headers[column] ?? null })),
    ],
    geometries: plan.point === null ? null : loaded.geometries,
    warnings: warningsOf(loaded),
    ...timings,
  };
}

function warningsOf(loaded: LoadedTable): string[] {
  const { plan, rows, geometries, placesRefused, shortRows } = loaded;
  const warnings = loaded.retyped.map(
    ({ name, type, line }) =>
      `Column ${name} is ${type}: what the beginning of the file suggested does not fit the value on line ${line}.`,
  );
  if (shortRows > 0)
    warnings.push(`${shortRows} rows have fewer fields than the header; the missing ones are empty.`);
  if (placesRefused > 0) {
    warnings.push(`${placesRefused} rows have coordinates outside of ±180, ±90 degrees and got no geometry.`);
  }
  if (plan.point !== null && rows - geometries - placesRefused > 0) {
    warnings.push(`${rows - geometries - placesRefused} rows have no coordinates and got no geometry.`);
  }
  return warnings;
}
