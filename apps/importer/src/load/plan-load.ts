import { commaShift, type ColumnType, mark, pointNumbers, type Reading } from '../columns/column-type.js';
import { decideReading } from '../columns/decide-reading.js';
import { keyColumn } from '../columns/name-columns.js';
import type { TypeEvidence } from '../columns/type-sampler.js';
import { findPointColumns, type PointColumns } from '../geometry/find-point-columns.js';
import type { LoadPlan } from './copy-encoder.js';

/** Types that a coordinate can have been read as. */
const numericTypes: ReadonlySet<ColumnType> = new Set(['integer', 'bigint', 'double precision', 'numeric']);

/**
 * What the columns of a file are by the evidence so far. Where one of them has decimal commas, a column of nothing but
 * `1.234` may hold thousands as well as decimals, and stays text.
 */
export function decideReadings(evidence: TypeEvidence): Reading[] {
  const readings = Array.from(evidence.possible, (possible, column) =>
    decideReading(possible, evidence.seen[column]!),
  );
  const hasCommas = readings.some(
    ({ notation }, column) => notation === 'comma' && (evidence.seen[column]! & mark.commaFraction) !== 0,
  );
  if (!hasCommas) return readings;
  return readings.map((reading, column) =>
    isOpenPoint(reading, evidence.possible[column]!, evidence.seen[column]!)
      ? { type: 'text', notation: 'plain', doubt: 'decimal-mark' }
      : reading,
  );
}

function isOpenPoint({ type, notation }: Reading, possible: number, seen: number): boolean {
  const isPoint = numericTypes.has(type) && notation !== 'comma' && (possible & pointNumbers) !== 0;
  const mayBeComma = ((possible >> commaShift) & pointNumbers) !== 0 && (seen & mark.groupDot) !== 0;
  return isPoint && mayBeComma && (seen & mark.knownPoint) === 0;
}

/** The types that the evidence allows so far. */
export function decideTypes(evidence: TypeEvidence): ColumnType[] {
  return decideReadings(evidence).map(({ type }) => type);
}

/**
 * Plans how a file's columns are loaded, given what types they seem, or are proven, to have.
 * With guessing on, columns named like coordinates make a point of each row if both hold numbers; they become
 * double precision then; not so where the file has geometries of its own, at `geometry`. A column named `cartodb_id`
 * is the key.
 */
export function planLoad(
  headers: readonly (string | null)[],
  names: readonly string[],
  types: readonly ColumnType[],
  evidence: TypeEvidence,
  options: { typeGuessing: boolean; quotedFieldsGuessing: boolean },
  geometry: number | null = null,
): LoadPlan {
  const point =
    options.typeGuessing && geometry === null ? usablePoint(findPointColumns(headers), types) : null;
  const key = names.indexOf(keyColumn);
  return {
    types: types.map((type, column) => {
      if (column === key) return 'bigint';
      return column === point?.longitude || column === point?.latitude ? 'double precision' : type;
    }),
    evidence,
    point,
    geometry,
    key: key === -1 ? null : key,
    quotedFieldsGuessing: options.quotedFieldsGuessing,
  };
}

function usablePoint(point: PointColumns | null, types: readonly ColumnType[]): PointColumns | null {
  if (point === null) return null;
  return numericTypes.has(types[point.longitude]!) && numericTypes.has(types[point.latitude]!) ? point : null;
}
