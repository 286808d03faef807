import { commaShift, type ColumnType, mark, pointNumbers, type Reading } from '../columns/column-type.js';
import { decideReading } from '../columns/decide-reading.js';
import { keyColumn } from '../columns/name-columns.js';
import type { TypeEvidence } from '../columns/type-evidence.js';
import type { GuessingOptions } from '../columns/type-sampler.js';
import type { PlaceEvidence, PlaceTypes } from '../geometry/place-evidence.js';
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

/** The types as far as they matter for where rows are. */
export function placeTypesOf(types: readonly ColumnType[]): PlaceTypes {
  return {
    isText: (column) => types[column] === 'text',
    isNumber: (column) => numericTypes.has(types[column]!),
  };
}

/**
 * Plans how a file's columns are loaded, given what their values say of their types and of where the rows are. Columns
 * that make points become double precision. A column named `cartodb_id` is the key.
 */
export function planLoad(
  names: readonly string[],
  evidence: TypeEvidence,
  places: PlaceEvidence,
  options: Pick<GuessingOptions, 'quotedFieldsGuessing' | 'readsQuoted'>,
): LoadPlan {
  const types = decideTypes(evidence);
  const place = places.plan(placeTypesOf(types));
  const key = names.indexOf(keyColumn);
  return {
    types: types.map((type, column) => {
      if (column === key) return 'bigint';
      const isCoordinate =
        place.from === 'point' && (column === place.longitude || column === place.latitude);
      return isCoordinate ? 'double precision' : type;
    }),
    evidence,
    place,
    key: key === -1 ? null : key,
    quotedTexts: Uint8Array.from(types, (_type, column) =>
      options.quotedFieldsGuessing || options.readsQuoted?.[column] === 1 ? 0 : 1,
    ),
  };
}
