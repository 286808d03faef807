import {
  type PlanFileV1Request,
  rejectReasons,
  type RejectReason,
  type TablePlan,
} from '@tidetable/contracts';
import { foreignSridsOf, geometryFieldOf, geometryTypeOf } from '../geometry/place-plan.js';
import type { LoadedRows, LoadedTable } from '../load/load-table.js';
import { RejectedRows } from '../load/rejected-rows.js';
import type { OpenedTable } from '../open-staged-table.js';
import { reportImport } from '../report-import.js';
import { compareColumns } from './compare-columns.js';
import { explainTypes } from './explain-types.js';
import { FirstRows } from './first-rows.js';
import type { PresentTable } from './present-table.js';

/** A message of NATS holds a megabyte by default; an answer stays well below, in bytes. */
const answerBytesMax = 768 * 1024;
/** Longer lists are cut. */
const namesMax = 100;
const nameCharactersMax = 200;
const warningsMax = 60;
const linesMax = 10;
const noTimings = { fetchMs: 0, loadMs: 0, indexMs: 0, swapMs: 0 };

/** What was found out of a file, so that it fits into one answer. */
export function describePlan(
  request: PlanFileV1Request,
  table: OpenedTable,
  loaded: LoadedRows,
  present: PresentTable | null,
): TablePlan {
  const { reader, format, fileName, otherMembers } = table;
  const { options } = request;
  const report = reportPlan(request, { ...loaded, fileName, remarks: table.remarks() });
  const plan: TablePlan = {
    file: {
      name: fileName,
      format,
      bytes: request.file.bytes,
      member: options.member ?? null,
      otherMembers: firstNames(otherMembers),
      layer: options.layer ?? null,
      otherLayers: firstNames(reader.otherLayers ?? []),
    },
    columns: explainTypes(report.columns, loaded, reader, options),
    geometry: describeGeometry(loaded),
    rows: loaded.rows,
    rejected: { rows: loaded.rejected.count, reasons: reasonsOf(loaded.rejected) },
    ...firstRows(table, loaded),
    warnings: report.warnings.slice(0, warningsMax),
    difference:
      present === null ? null : { table: present.name, ...compareColumns(present.columns, report.columns) },
  };
  return fitting(plan);
}

/** The report of an import that would go on; rejected rows, which it would name an address for, are told apart from it. */
function reportPlan(
  { planId }: PlanFileV1Request,
  loaded: LoadedTable,
): Pick<TablePlan, 'warnings'> & { columns: Omit<TablePlan['columns'][number], 'why'>[] } {
  const run = { runId: planId, synchronizationId: planId, destination: { schema: '-', tableName: null } };
  return reportImport({ ...loaded, rejected: new RejectedRows() }, run, '-', noTimings);
}

function describeGeometry({
  plan: { place },
  names,
  geometries,
  pointBounds,
}: LoadedRows): TablePlan['geometry'] {
  if (place.from === 'nowhere') return null;
  const columns = place.from === 'point' ? [place.longitude, place.latitude] : [place.column];
  return {
    type: geometryTypeOf(place),
    from: place.from,
    columns: columns.map((column) => names[column] ?? ''),
    srids: [...foreignSridsOf(place)],
    rows: geometries,
    bounds: pointBounds === null ? null : [...pointBounds],
  };
}

function reasonsOf({ kept }: RejectedRows): TablePlan['rejected']['reasons'] {
  const lines = new Map<RejectReason, number[]>();
  for (const { line, reason } of kept) {
    const known = lines.get(reason) ?? [];
    if (known.length < linesMax) known.push(line);
    lines.set(reason, known);
  }
  return [...lines].map(([reason, of]) => ({ reason, sentence: rejectReasons[reason], lines: of }));
}

/** The rows at the beginning, without a geometry that is bytes. */
function firstRows(
  { reader }: OpenedTable,
  { names, plan }: LoadedRows,
): Pick<TablePlan, 'fileColumns' | 'firstRows'> {
  const leftOut = plan.place.from === 'format' ? geometryFieldOf(plan.place) : null;
  const sink = new FirstRows(leftOut);
  reader.readSample(sink);
  return { fileColumns: names.filter((_name, column) => column !== leftOut), firstRows: sink.rows };
}

function firstNames(names: readonly string[]): string[] {
  return names.slice(0, namesMax).filter((name) => name.length <= nameCharactersMax);
}

/** Leaves out what is missed least until the rest fits. */
function fitting(plan: TablePlan): TablePlan {
  const isSmall = (answer: TablePlan): boolean => Buffer.byteLength(JSON.stringify(answer)) <= answerBytesMax;
  if (isSmall(plan)) return plan;
  const warning = 'There are too many columns to show the first rows and all of their headers.';
  return {
    ...plan,
    columns: plan.columns.map((column) => ({ ...column, header: null })),
    firstRows: [],
    warnings: [...plan.warnings, warning],
  };
}
