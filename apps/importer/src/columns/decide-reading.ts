import {
  anyNumber,
  anyType,
  booleanPairs,
  commaShift,
  type ColumnType,
  type Doubt,
  mark,
  type Notation,
  pointNumbers,
  type Reading,
  typeBit,
} from './column-type.js';

const bothWords = mark.yes | mark.no;
const spaces = mark.groupSpace | mark.groupHardSpace;
const units = mark.percent | mark.currency;
const dayFirst = typeBit.dayFirstDate | typeBit.dayFirstTimestamp;
const monthFirst = typeBit.monthFirstDate | typeBit.monthFirstTimestamp;
const named = typeBit.namedDate | typeBit.namedTimestamp;

const plainTypes: readonly (readonly [number, ColumnType])[] = [
  [typeBit.date, 'date'],
  [typeBit.timestamp, 'timestamp without time zone'],
  [typeBit.timestamptz, 'timestamp with time zone'],
  [typeBit.time, 'time without time zone'],
];

function reading(type: ColumnType, notation: Notation = 'plain'): Reading {
  return { type, notation, doubt: null };
}

function textFor(doubt: Doubt | null): Reading {
  return { type: 'text', notation: 'plain', doubt };
}

/**
 * The narrowest type that every value of a column fits and how they are written, by what its values left possible
 * (bits of `typeBit`) and what was met among them (bits of `mark`).
 *
 * `true` and `false` each speak for themselves, but a column of nothing but `y`, `no` or `on` is more likely a code,
 * so there both words must occur.
 */
export function decideReading(possible: number, seen: number): Reading {
  if (possible === anyType || possible === 0) return textFor(null);
  if (possible & typeBit.trueFalse) return reading('boolean');
  if (possible & booleanPairs) return (seen & bothWords) === bothWords ? reading('boolean') : textFor(null);
  if (possible & anyNumber) return decideNumber(possible, seen);
  for (const [bit, type] of plainTypes) if (possible & bit) return reading(type);
  if (possible & (dayFirst | monthFirst)) return decideDate(possible, seen);
  if (possible & named) return dateOrTimestamp(possible & typeBit.namedDate, 'month-named');
  return textFor('short-year');
}

/** Dates with the year last: one order and one separator a column, settled by its values. */
function decideDate(possible: number, seen: number): Reading {
  if (several(seen & (mark.slash | mark.dot | mark.dash))) return textFor('date-separators');
  let isDayFirst = (possible & dayFirst) !== 0;
  if (isDayFirst && (possible & monthFirst) !== 0) {
    if ((seen & (mark.knownDayFirst | mark.knownMonthFirst)) === 0) return textFor('date-order');
    isDayFirst = (seen & mark.knownDayFirst) !== 0;
  }
  return isDayFirst
    ? dateOrTimestamp(possible & typeBit.dayFirstDate, 'day-first')
    : dateOrTimestamp(possible & typeBit.monthFirstDate, 'month-first');
}

function dateOrTimestamp(isDate: number, notation: Notation): Reading {
  return reading(isDate ? 'date' : 'timestamp without time zone', notation);
}

function decideNumber(possible: number, seen: number): Reading {
  const isComma = isDecimalComma(possible, seen);
  if (isComma === null) return textFor('decimal-mark');
  const kinds = (isComma ? possible >> commaShift : possible) & pointNumbers;
  const hasFraction = (seen & (isComma ? mark.commaFraction : mark.pointFraction)) !== 0;
  const groups = seen & ((isComma ? mark.groupDot : mark.groupComma) | spaces | mark.groupApostrophe);
  const doubt =
    doubtUnits(seen) ??
    doubtGroups(groups, hasFraction || (seen & units) !== 0) ??
    doubtDigits(seen, hasFraction);
  if (doubt !== null) return textFor(doubt);
  if ((seen & mark.special) !== 0 && (seen & mark.number) === 0) return textFor(null);

  let type: ColumnType = 'numeric';
  if (kinds & typeBit.integer) type = 'integer';
  else if (kinds & typeBit.bigint) type = 'bigint';
  else if (kinds & typeBit.double) type = 'double precision';
  if (type === 'numeric' && (seen & mark.beyondBigint) !== 0 && !hasFraction && groups === 0) {
    return textFor('long-integers');
  }
  if (isComma) return reading(type, 'comma');
  return reading(type, groups !== 0 || (seen & units) !== 0 ? 'point' : 'plain');
}

/**
 * Whether the comma is the decimal mark; `null` when that is open: `1,234` may be a thousand or little more than one.
 * `1.234` alone is taken as it stands in nearly every file, with a decimal point.
 */
function isDecimalComma(possible: number, seen: number): boolean | null {
  if ((possible & pointNumbers) === 0) return true;
  if (((possible >> commaShift) & pointNumbers) === 0) return false;
  if ((seen & (mark.groupComma | mark.groupDot)) === 0) return false;
  if (seen & mark.knownComma) return true;
  if (seen & mark.knownPoint) return false;
  return seen & mark.groupComma ? null : false;
}

/** A column has one unit, and every value has it. */
function doubtUnits(seen: number): Doubt | null {
  const found = seen & (units | mark.mixedCurrencies);
  if (found === 0) return null;
  const isOne = found === mark.percent || found === mark.currency;
  return isOne && (seen & mark.bare) === 0 ? null : 'units';
}

/**
 * Thousands are separated in one way. Groups with nothing but spaces between are phone numbers as often as not, so
 * that something else must say that they are amounts: a fraction or a unit.
 */
function doubtGroups(groups: number, isAmount: boolean): Doubt | null {
  const kinds = groups & spaces ? (groups & ~spaces) | mark.groupSpace : groups;
  if (several(kinds)) return 'separators';
  return (groups & spaces) === mark.groupSpace && !isAmount ? 'spaces' : null;
}

/** Whole numbers with an exponent (`1e-05`) are numbers only beside others with a fraction: they may be codes. */
function doubtDigits(seen: number, hasFraction: boolean): Doubt | null {
  return (seen & mark.bareExponent) !== 0 && !hasFraction ? 'exponents' : null;
}

/** Whether more than one bit is set. */
function several(bits: number): boolean {
  return (bits & (bits - 1)) !== 0;
}
