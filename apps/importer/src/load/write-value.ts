import { classifiedMarks, classifyValue, doubleIntegerMax, parseSpecial } from '../columns/classify-value.js';
import { type ColumnType, mark } from '../columns/column-type.js';
import { parseClock } from '../columns/parse-clock.js';
import { isNumeric, parseDecimal, parseLongInteger, parseShortInteger } from '../columns/parse-number.js';
import { microsecondsPerDay, parseDate, parseTimestamp, timestampHasZone } from '../columns/parse-time.js';
import type { CopyBuffer } from './copy-buffer.js';

const int32Max = 2 ** 31 - 1;
const int32Min = -(2 ** 31);

/**
 * Reads a value, not empty and without surrounding blanks, as a type and writes it. Returns a number that stands for
 * it (its own, the nearest for a large bigint, 0 where the type has none), or NaN, and nothing is written then, when
 * the value does not fit the type. `pairs` are the boolean pairs that the column may use, as bits of `typeBit`.
 */
export type ValueWriter = (
  out: CopyBuffer,
  bytes: Buffer,
  start: number,
  end: number,
  pairs: number,
) => number;

const writeInteger: ValueWriter = (out, bytes, start, end) => {
  const value = parseShortInteger(bytes, start, end);
  if (!(value >= int32Min && value <= int32Max)) return NaN;
  out.writeInt32(value);
  return value;
};

/** A bigint of up to 64 bits, also the key of a row. */
export const writeBigint: ValueWriter = (out, bytes, start, end) => {
  const short = parseShortInteger(bytes, start, end);
  if (!Number.isNaN(short)) {
    out.writeInt64(short);
    return short;
  }
  const long = parseLongInteger(bytes, start, end);
  if (long === null) return NaN;
  out.writeBigint(long);
  return Number(long);
};

const writeDouble: ValueWriter = (out, bytes, start, end) => {
  let value = parseDecimal(bytes, start, end);
  if (Number.isNaN(value)) value = parseShortInteger(bytes, start, end);
  if (Number.isNaN(value)) value = parseLongDoubleInteger(bytes, start, end);
  if (!Number.isNaN(value)) {
    out.writeDouble(value);
    return value;
  }
  return writeSpecial(out, bytes, start, end);
};

/** Whether a word for no number was written, for which a writer returns the same as for what does not fit. */
let wroteNaN = false;

/** Whether the NaN that a writer returned just now stands for a value that was written. Asking again says no. */
export function takeWroteNaN(): boolean {
  const wrote = wroteNaN;
  wroteNaN = false;
  return wrote;
}

/** Infinite numbers and words for no number. */
function writeSpecial(out: CopyBuffer, bytes: Buffer, start: number, end: number): number {
  const special = parseSpecial(bytes, start, end);
  if (special === undefined) return NaN;
  wroteNaN = Number.isNaN(special);
  out.writeDouble(special);
  return special;
}

/** The double next to a number that has more digits than one: for coordinates, which nothing measures so finely. */
export const writeNearestDouble: ValueWriter = (out, bytes, start, end) => {
  if (!isNumeric(bytes, start, end)) return NaN;
  const value = Number(bytes.toString('latin1', start, end));
  if (!Number.isFinite(value)) return NaN;
  out.writeDouble(value);
  return value;
};

const writeNumeric: ValueWriter = (out, bytes, start, end) => {
  if (isNumeric(bytes, start, end)) {
    out.writeNumeric(bytes.toString('latin1', start, end));
    return 0;
  }
  if (!Number.isNaN(parseSpecial(bytes, start, end) ?? 0)) return NaN;
  wroteNaN = true;
  out.writeNumeric(null);
  return NaN;
};

const writeBoolean: ValueWriter = (out, bytes, start, end, pairs) => {
  if ((classifyValue(bytes, start, end) & pairs) === 0) return NaN;
  out.writeBoolean((classifiedMarks & mark.yes) !== 0);
  return 0;
};

const writeDate: ValueWriter = (out, bytes, start, end) => {
  const days = parseDate(bytes, start, end);
  if (Number.isNaN(days)) return NaN;
  out.writeInt32(days);
  return 0;
};

/** A date alone is its midnight. */
const writeTimestamp: ValueWriter = (out, bytes, start, end) => {
  let micros = parseTimestamp(bytes, start, end);
  if (Number.isNaN(micros)) micros = parseDate(bytes, start, end) * microsecondsPerDay;
  else if (timestampHasZone) return NaN;
  if (Number.isNaN(micros)) return NaN;
  out.writeInt64(micros);
  return 0;
};

const writeTimestamptz: ValueWriter = (out, bytes, start, end) => {
  const micros = parseTimestamp(bytes, start, end);
  if (Number.isNaN(micros) || !timestampHasZone) return NaN;
  out.writeInt64(micros);
  return 0;
};

const writeTime: ValueWriter = (out, bytes, start, end) => {
  const micros = parseClock(bytes, start, end);
  if (Number.isNaN(micros)) return NaN;
  out.writeInt64(micros);
  return 0;
};

/** How the values of each type are written, as programs write them; text is written as it is. */
export const plainWriters: Record<Exclude<ColumnType, 'text'>, ValueWriter> = {
  integer: writeInteger,
  bigint: writeBigint,
  'double precision': writeDouble,
  numeric: writeNumeric,
  boolean: writeBoolean,
  date: writeDate,
  'timestamp without time zone': writeTimestamp,
  'timestamp with time zone': writeTimestamptz,
  'time without time zone': writeTime,
};

/** A whole number of more than 15 digits, where a double holds it exactly; else NaN. */
function parseLongDoubleInteger(bytes: Buffer, start: number, end: number): number {
  const value = parseLongInteger(bytes, start, end);
  return value !== null && value >= -doubleIntegerMax && value <= doubleIntegerMax ? Number(value) : NaN;
}
