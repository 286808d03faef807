import {
  anyNumber,
  booleanPairs,
  commaShift,
  type ColumnType,
  mark,
  type Notation,
  typeBit,
} from './column-type.js';

const bothWays = (point: number): number => point | (point << commaShift);

const anyTimestamp =
  typeBit.timestamp | typeBit.dayFirstTimestamp | typeBit.monthFirstTimestamp | typeBit.namedTimestamp;
const anyDate = typeBit.date | typeBit.dayFirstDate | typeBit.monthFirstDate | typeBit.namedDate;

/**
 * The readings that are left to a column of a known type: those of the type itself, and of the wider ones which it
 * may become when a value does not fit. integer → bigint → double precision → numeric → text; date → timestamp → text.
 */
export const knownPossible: Record<ColumnType, number> = {
  integer: anyNumber,
  bigint: bothWays(typeBit.bigint | typeBit.double | typeBit.numeric),
  'double precision': bothWays(typeBit.double | typeBit.numeric),
  numeric: bothWays(typeBit.numeric),
  boolean: booleanPairs,
  date: anyDate | anyTimestamp,
  'timestamp without time zone': anyTimestamp,
  'timestamp with time zone': typeBit.timestamptz,
  'time without time zone': typeBit.time,
  text: 0,
};

/** What need not be met again among the values, since it was when the type was decided; bits of `mark`. */
export const knownMarks: Record<ColumnType, number> = {
  integer: mark.number,
  bigint: mark.number,
  'double precision': mark.number | mark.pointFraction | mark.commaFraction,
  numeric: mark.number | mark.pointFraction | mark.commaFraction,
  boolean: mark.yes | mark.no,
  date: 0,
  'timestamp without time zone': 0,
  'timestamp with time zone': 0,
  'time without time zone': 0,
  text: 0,
};

/** The type that a column had in the table's last refresh, and how its values were written. */
export interface KnownType {
  readonly type: ColumnType;
  readonly notation: Notation;
}

const notationMarks: Record<Notation, number> = {
  plain: 0,
  point: mark.knownPoint,
  comma: mark.knownComma,
  'day-first': mark.knownDayFirst,
  'month-first': mark.knownMonthFirst,
  'month-named': 0,
};

/** What the last refresh tells of ambiguous values, as bits of `mark`: numbers with fractions had a decimal point. */
export function knownNotation({ type, notation }: KnownType): number {
  const hadPoint = notation === 'plain' && (type === 'double precision' || type === 'numeric');
  return hadPoint ? mark.knownPoint : notationMarks[notation];
}
