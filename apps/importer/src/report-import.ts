import type { ImportReport, RunStagedV1 } from '@tidetable/contracts';
import { geometryColumn, keyColumn, webmercatorColumn } from './columns/name-columns.js';
import { describeColumnNotes } from './describe-column-notes.js';
import { explainColumnTypes } from './explain-column-types.js';
import { geometryFieldOf, geometryTypeOf } from './geometry/place-plan.js';
import type { LoadedTable } from './load/load-table.js';

/** Time spent in the steps so far, in milliseconds. */
export interface StepTimings {
  fetchMs: number;
  loadMs: number;
  indexMs: number;
  swapMs: number;
}

/** Longer headers are cut: a report must fit into one event. */
const headerCharactersMax = 80;

/** Types of further columns are not explained, for the same reason. */
const explainedColumns = 200;

type RunReference = Pick<RunStagedV1, 'runId' | 'synchronizationId'>;

/** What an import made, for the ledger, the run's history and the customer. Holds no value of any cell. */
export function reportImport(
  loaded: LoadedTable,
  run: Pick<RunStagedV1, 'runId' | 'synchronizationId' | 'destination'>,
  table: string,
  timings: StepTimings,
): ImportReport {
  const { plan, names, headers } = loaded;
  const geometryType = geometryTypeOf(plan.place);
  const geometryField = geometryFieldOf(plan.place);
  const why = explainColumnTypes(loaded);
  const own = [
    ...(plan.key === null ? [{ name: keyColumn, type: 'bigint', header: null }] : []),
    { name: geometryColumn, type: `geometry(${geometryType},4326)`, header: null },
    { name: webmercatorColumn, type: `geometry(${geometryType},3857)`, header: null },
  ];
  return {
    schema: run.destination.schema,
    table,
    rows: loaded.rows,
    rejectedRows: loaded.rejected.count,
    columns: [
      ...own,
      ...names.flatMap((name, column) =>
        column === geometryField
          ? []
          : [
              {
                name,
                type: plan.types[column]!,
                header: cut(headers[column] ?? null),
                ...(column < explainedColumns && why.has(name) ? { why: why.get(name) } : {}),
              },
            ],
      ),
    ],
    geometries: plan.place.from === 'nowhere' ? null : loaded.geometries,
    warnings: warningsOf(loaded, run),
    ...timings,
  };
}

function warningsOf(loaded: LoadedTable, run: RunReference): string[] {
  const { plan, rows, geometries, placesRefused, shortRows, rejected } = loaded;
  const warnings = [...loaded.remarks, ...describeColumnNotes(loaded), ...loaded.placeNotes];
  if (rejected.count > 0) warnings.push(describeRejected(rejected, run));
  if (shortRows > 0)
    warnings.push(`${rowsHave(shortRows)} fewer fields than the header; the missing ones are empty.`);
  if (placesRefused > 0) {
    warnings.push(`${rowsHave(placesRefused)} coordinates outside of ±180, ±90 degrees and got no geometry.`);
  }
  const placeless = rows - geometries - placesRefused;
  if (plan.place.from === 'point' && placeless > 0) {
    warnings.push(`${rowsHave(placeless)} no coordinates and got no geometry.`);
  }
  if (geometryFieldOf(plan.place) !== null && placeless > 0)
    warnings.push(`${rowsHave(placeless)} no geometry.`);
  return warnings;
}

function describeRejected(
  { count, kept }: LoadedTable['rejected'],
  { synchronizationId, runId }: RunReference,
): string {
  const [first] = kept;
  const were = count === 1 ? '1 row was' : `${count} rows were`;
  const address = `/api/v1/synchronizations/${synchronizationId}/runs/${runId}/rejects`;
  return `${were} rejected and not imported, the first on line ${first?.line}; ${address} tells which and why.`;
}

function rowsHave(count: number): string {
  return count === 1 ? '1 row has' : `${count} rows have`;
}

/** Cut between characters: half of one would be no text that a database takes. */
function cut(header: string | null): string | null {
  if (header === null || header.length <= headerCharactersMax) return header;
  return `${Array.from(header.slice(0, 2 * headerCharactersMax))
    .slice(0, headerCharactersMax - 1)
    .join('')}…`;
}
