/**
 * How the values of a column can be read. A column starts with every reading possible and loses those that one of its
 * values does not fit; what is left at the end of the file decides. A bit each.
 */
export const typeBit = {
  // Numbers as programs write them, or with a decimal point and thousands separators other than the point.
  integer: 1 << 0,
  bigint: 1 << 1,
  double: 1 << 2,
  numeric: 1 << 3,
  // Numbers with a decimal comma and thousands separators other than the comma.
  commaInteger: 1 << 4,
  commaBigint: 1 << 5,
  commaDouble: 1 << 6,
  commaNumeric: 1 << 7,
  // Dates and times with the year first.
  date: 1 << 8,
  timestamp: 1 << 9,
  timestamptz: 1 << 10,
  time: 1 << 11,
  // The same with the year last, and with the month as a word.
  dayFirstDate: 1 << 12,
  dayFirstTimestamp: 1 << 13,
  monthFirstDate: 1 << 14,
  monthFirstTimestamp: 1 << 15,
  namedDate: 1 << 16,
  namedTimestamp: 1 << 17,
  /** Dates whose year has two digits: they stay text, but it is said why. */
  shortYear: 1 << 18,
  // Pairs of words for yes and no. All values must come from one pair.
  trueFalse: 1 << 19,
  tf: 1 << 20,
  yesNo: 1 << 21,
  yn: 1 << 22,
  onOff: 1 << 23,
} as const;

/** Every reading is still possible: no value has been seen. */
export const anyType = (1 << 24) - 1;

/** From a reading with a decimal point to the same with a decimal comma. */
export const commaShift = 4;

export const pointNumbers = typeBit.integer | typeBit.bigint | typeBit.double | typeBit.numeric;
export const anyNumber = pointNumbers | (pointNumbers << commaShift);
export const booleanPairs = typeBit.trueFalse | typeBit.tf | typeBit.yesNo | typeBit.yn | typeBit.onOff;

/** What was met among the values of a column; a bit each. Unlike readings they add up. */
export const mark = {
  /** Any value at all. */
  value: 1 << 0,
  // The words of the column's pair.
  yes: 1 << 1,
  no: 1 << 2,
  /** A number that is neither infinite nor a word for none. */
  number: 1 << 3,
  /** A word for no number, or an infinite one. */
  special: 1 << 4,
  pointFraction: 1 << 5,
  commaFraction: 1 << 6,
  /** An exponent on a whole number: `1e-05`. */
  bareExponent: 1 << 7,
  /** A whole number beyond 64 bits. */
  beyondBigint: 1 << 8,
  // Thousands separators. A space between words is one that cannot end a line.
  groupComma: 1 << 9,
  groupDot: 1 << 10,
  groupSpace: 1 << 11,
  groupHardSpace: 1 << 12,
  groupApostrophe: 1 << 13,
  // Units: none, percent, a currency, or several of them.
  bare: 1 << 14,
  percent: 1 << 15,
  currency: 1 << 16,
  mixedCurrencies: 1 << 17,
  // What separates days, months and years where the year is last.
  slash: 1 << 18,
  dot: 1 << 19,
  dash: 1 << 20,
  // What is known from earlier refreshes, for when the values leave it open.
  knownPoint: 1 << 21,
  knownComma: 1 << 22,
  knownDayFirst: 1 << 23,
  knownMonthFirst: 1 << 24,
} as const;

/** The PostgreSQL types that columns are created with. */
export type ColumnType =
  | 'boolean'
  | 'integer'
  | 'bigint'
  | 'double precision'
  | 'numeric'
  | 'date'
  | 'timestamp without time zone'
  | 'timestamp with time zone'
  | 'time without time zone'
  | 'text';

/** How the values of a column are written: as programs do, or in a way that people do. */
export type Notation = 'plain' | 'point' | 'comma' | 'day-first' | 'month-first' | 'month-named';

/** Why a column stays text although its values look like something else. */
export type Doubt =
  | 'date-order'
  | 'date-separators'
  | 'short-year'
  | 'decimal-mark'
  | 'separators'
  | 'spaces'
  | 'units'
  | 'long-integers'
  | 'exponents';

/** What the values of a column are. */
export interface Reading {
  readonly type: ColumnType;
  readonly notation: Notation;
  /** Set for a text column whose values could be more, were it certain what they mean. */
  readonly doubt: Doubt | null;
}
