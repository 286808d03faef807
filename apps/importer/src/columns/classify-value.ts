import { commaShift, mark, typeBit } from './column-type.js';
import { readNotatedNumber } from './notated-number.js';
import { isNumeric, parseDecimal, parseLongInteger, parseShortInteger } from './parse-number.js';
import { parseClock } from './parse-clock.js';
import { parseDate, parseTimestamp, timestampHasZone } from './parse-time.js';
import { microsecondsOf, readNamedDate, readYearLastDate } from './written-date.js';

/** Whole numbers up to here are exact as doubles. */
export const doubleIntegerMax = 2 ** 53;
const int32Max = 2 ** 31 - 1;
const int32Min = -(2 ** 31);

/** The longest text that can be anything but text. */
export const typedLengthMax = 40;

/** What was met in the last value, as bits of `mark`. */
export let classifiedMarks = 0;
/** The currency of the last value, as `readNotatedNumber` numbers them. */
export let classifiedCurrency = 0;

/** By the word's letters, as `packWord` packs them. */
const booleanWords = new Map<number, { bit: number; mark: number }>(
  (
    [
      ['true', { bit: typeBit.trueFalse, mark: mark.yes }],
      ['false', { bit: typeBit.trueFalse, mark: mark.no }],
      ['t', { bit: typeBit.tf, mark: mark.yes }],
      ['f', { bit: typeBit.tf, mark: mark.no }],
      ['yes', { bit: typeBit.yesNo, mark: mark.yes }],
      ['no', { bit: typeBit.yesNo, mark: mark.no }],
      ['y', { bit: typeBit.yn, mark: mark.yes }],
      ['n', { bit: typeBit.yn, mark: mark.no }],
      ['on', { bit: typeBit.onOff, mark: mark.yes }],
      ['off', { bit: typeBit.onOff, mark: mark.no }],
    ] as const
  ).map(([word, meaning]) => [packWord(Buffer.from(word), 0, word.length), meaning]),
);
const booleanWordLengthMax = 5;

/** Words of programs for what is no number, or none that is finite. */
const specialNumbers = new Map([
  ['nan', NaN],
  ['inf', Infinity],
  ['+inf', Infinity],
  ['-inf', -Infinity],
  ['infinity', Infinity],
  ['+infinity', Infinity],
  ['-infinity', -Infinity],
]);
const specialLengthMax = 9;

const int32Bits = typeBit.integer | typeBit.bigint | typeBit.double | typeBit.numeric;
const exactBits = typeBit.bigint | typeBit.double | typeBit.numeric;
const bothWays = (point: number): number => point | (point << commaShift);
const plainNumber = mark.value | mark.number | mark.bare;

/**
 * The readings that a value, not empty and without surrounding blanks, leaves possible, as bits of `typeBit`; 0 leaves
 * text. Sets `classifiedMarks` and `classifiedCurrency`.
 */
export function classifyValue(bytes: Buffer, start: number, end: number): number {
  classifiedMarks = mark.value;
  classifiedCurrency = 0;
  if (end - start > typedLengthMax) return 0;
  const first = bytes[start]!;
  const isNumeric = (first >= 0x30 && first <= 0x39) || first === 0x2d || first === 0x2e;
  return isNumeric ? classifyDigits(bytes, start, end) : classifyWord(bytes, start, end);
}

function classifyDigits(bytes: Buffer, start: number, end: number): number {
  const whole = classifyInteger(bytes, start, end);
  if (whole !== 0) {
    classifiedMarks = plainNumber;
    return bothWays(whole);
  }
  if (!Number.isNaN(parseDate(bytes, start, end))) return typeBit.date | typeBit.timestamp;
  if (!Number.isNaN(parseTimestamp(bytes, start, end))) {
    return timestampHasZone ? typeBit.timestamptz : typeBit.timestamp;
  }
  const decimal = classifyDecimal(bytes, start, end);
  if (decimal !== 0 && !mayBeThousands(bytes, start, end)) return decimal;
  if (!Number.isNaN(parseClock(bytes, start, end))) return typeBit.time;
  return classifyYearLast(bytes, start, end) || classifyText(bytes, start, end);
}

function classifyInteger(bytes: Buffer, start: number, end: number): number {
  const short = parseShortInteger(bytes, start, end);
  if (!Number.isNaN(short)) return short >= int32Min && short <= int32Max ? int32Bits : exactBits;
  const long = parseLongInteger(bytes, start, end);
  if (long === null) return 0;
  return long >= -doubleIntegerMax && long <= doubleIntegerMax ? exactBits : typeBit.bigint | typeBit.numeric;
}

/** A number with a point, an exponent, a negative zero, or beyond 64 bits, as programs write them. */
function classifyDecimal(bytes: Buffer, start: number, end: number): number {
  let bits = Number.isNaN(parseDecimal(bytes, start, end)) ? 0 : typeBit.double;
  if (isNumeric(bytes, start, end)) bits |= typeBit.numeric;
  if (bits === 0) return 0;
  classifiedMarks = plainNumber | formOf(bytes, start, end);
  const isWhole = (classifiedMarks & (mark.pointFraction | mark.bareExponent)) === 0;
  // What has no point is the same number where the comma is the decimal mark.
  return isWhole ? bothWays(bits) : bits;
}

function formOf(bytes: Buffer, start: number, end: number): number {
  const text = bytes.toString('latin1', start, end);
  if (text.includes('.')) return mark.pointFraction;
  if (/e/i.test(text)) return mark.bareExponent;
  return text === '-0' ? 0 : mark.beyondBigint;
}

/** Whether a decimal would be a whole number, were the point a thousands separator. */
function mayBeThousands(bytes: Buffer, start: number, end: number): boolean {
  const digitsBefore = end - start - 4 - (bytes[start] === 0x2d ? 1 : 0);
  return digitsBefore >= 1 && digitsBefore <= 3 && bytes[end - 4] === 0x2e;
}

function classifyYearLast(bytes: Buffer, start: number, end: number): number {
  const date = readYearLastDate(bytes, start, end);
  if (date === null) return 0;
  classifiedMarks |= date.separator;
  if (date.isShort)
    return Number.isNaN(date.dayFirst) && Number.isNaN(date.monthFirst) ? 0 : typeBit.shortYear;
  const isAlone = Number.isNaN(date.clock);
  let bits = 0;
  if (!Number.isNaN(microsecondsOf(date.dayFirst, date.clock))) {
    bits |= typeBit.dayFirstTimestamp | (isAlone ? typeBit.dayFirstDate : 0);
  }
  if (!Number.isNaN(microsecondsOf(date.monthFirst, date.clock))) {
    bits |= typeBit.monthFirstTimestamp | (isAlone ? typeBit.monthFirstDate : 0);
  }
  return bits;
}

/** A short word as one number, whatever the case of its letters; only letters look like lower-case letters then. */
function packWord(bytes: Buffer, start: number, end: number): number {
  let packed = 0;
  for (let i = start; i < end; i++) packed = packed * 256 + (bytes[i]! | 0x20);
  return packed;
}

function classifyWord(bytes: Buffer, start: number, end: number): number {
  if (end - start <= booleanWordLengthMax) {
    const word = booleanWords.get(packWord(bytes, start, end));
    if (word !== undefined) {
      classifiedMarks |= word.mark;
      return word.bit;
    }
  }
  return classifyText(bytes, start, end);
}

/** What is looked at as text: infinite numbers, numbers with separators and units, dates with names. */
function classifyText(bytes: Buffer, start: number, end: number): number {
  const special = parseSpecial(bytes, start, end);
  if (special !== undefined) {
    classifiedMarks |= mark.special;
    return bothWays(Number.isNaN(special) ? typeBit.double | typeBit.numeric : typeBit.double);
  }
  const text = bytes.toString('utf8', start, end);
  const named = readNamedDate(text);
  if (named !== null) {
    if (Number.isNaN(microsecondsOf(named.days, named.clock))) return 0;
    return typeBit.namedTimestamp | (Number.isNaN(named.clock) ? typeBit.namedDate : 0);
  }
  return classifyNotated(text);
}

/** The number that `nan`, `inf` or `infinity` stands for, whatever the case; `undefined` for anything else. */
export function parseSpecial(bytes: Buffer, start: number, end: number): number | undefined {
  if (end - start > specialLengthMax) return undefined;
  return specialNumbers.get(bytes.toString('latin1', start, end).toLowerCase());
}

function classifyNotated(text: string): number {
  const number = readNotatedNumber(text);
  if (number === null) return 0;
  const point = classifyPlain(number.point);
  const pointForm = classifiedMarks;
  const comma = classifyPlain(number.comma);
  const beyond = (pointForm | classifiedMarks) & (mark.beyondBigint | mark.bareExponent);
  classifiedMarks = mark.value | mark.number | number.marks | beyond;
  classifiedCurrency = number.currency;
  return point | (comma << commaShift);
}

function classifyPlain(number: string | null): number {
  classifiedMarks = 0;
  if (number === null) return 0;
  const bytes = Buffer.from(number, 'latin1');
  const whole = classifyInteger(bytes, 0, bytes.length);
  return whole !== 0 ? whole : classifyDecimal(bytes, 0, bytes.length) & int32Bits;
}
