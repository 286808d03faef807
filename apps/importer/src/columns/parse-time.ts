const zero = 0x30;
const dash = 0x2d;
const slash = 0x2f;
const colon = 0x3a;
const plus = 0x2b;

/** Days from 0000-03-01 to 2000-01-01, where PostgreSQL counts from. */
const daysToEpoch = 730_425;
const secondsPerDay = 86_400;
/** A day in microseconds. */
export const microsecondsPerDay = secondsPerDay * 1_000_000;
/** Beyond this, a number cannot hold every microsecond exactly. */
export const microsecondsExactMax = Number.MAX_SAFE_INTEGER;

const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** What two bytes that are no digits count as: so little that nothing added to it comes out positive. */
const noDigits = -1_000_000;

/** Two digits as a number, or a negative number when they are no digits. */
function twoDigits(bytes: Buffer, at: number): number {
  const tens = bytes[at]! - zero;
  const ones = bytes[at + 1]! - zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : noDigits;
}

/**
 * Reads `YYYY-MM-DD` or `YYYY/MM/DD` as days since 2000-01-01, NaN when it is no date of the calendar.
 * The ten characters begin at `start`; what follows them is the caller's business.
 */
function parseDay(bytes: Buffer, start: number, end: number): number {
  if (end - start < 10) return NaN;
  const separator = bytes[start + 4];
  if ((separator !== dash && separator !== slash) || bytes[start + 7] !== separator) return NaN;
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2);
  const month = twoDigits(bytes, start + 5);
  const day = twoDigits(bytes, start + 8);
  return daysOf(year, month, day);
}

/** A day of the calendar as days since 2000-01-01; NaN when there is none of these numbers in years 1 to 9999. */
export function daysOf(year: number, month: number, day: number): number {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysOfMonth[month - 1]!) return NaN;
  if (month === 2 && day === 29 && !(year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))) return NaN;
  // Years that begin in March put the leap day last, so that months need no table.
  const y = month > 2 ? year : year - 1;
  const m = month > 2 ? month - 3 : month + 9;
  return (
    y * 365 +
    Math.floor(y / 4) -
    Math.floor(y / 100) +
    Math.floor(y / 400) +
    Math.floor((153 * m + 2) / 5) +
    day -
    1 -
    daysToEpoch
  );
}

/** Reads a date and nothing else, as days since 2000-01-01; NaN when it is none. */
export function parseDate(bytes: Buffer, start: number, end: number): number {
  return end - start === 10 ? parseDay(bytes, start, end) : NaN;
}

/** Whether the timestamp that `parseTimestamp` read last named its zone. */
export let timestampHasZone = false;

/**
 * Reads a date, `T` or a space, a time to the minute, second or microsecond, and possibly a zone (`Z`, `+02`,
 * `+0200`, `+02:00`), as microseconds since 2000-01-01 00:00, in UTC when a zone is given; NaN when it is none.
 * Sets `timestampHasZone`.
 */
export function parseTimestamp(bytes: Buffer, start: number, end: number): number {
  const days = parseDay(bytes, start, end);
  if (Number.isNaN(days) || end - start < 16) return NaN;
  const between = bytes[start + 10];
  if (between !== 0x54 && between !== 0x20 && between !== 0x74) return NaN;

  const hour = twoDigits(bytes, start + 11);
  const minute = twoDigits(bytes, start + 14);
  if (bytes[start + 13] !== colon || hour < 0 || hour > 23 || minute < 0 || minute > 59) return NaN;
  let i = start + 16;
  let second = 0;
  let micros = 0;
  if (bytes[i] === colon && i < end) {
    if (end - i < 3) return NaN;
    second = twoDigits(bytes, i + 1);
    if (second < 0 || second > 59) return NaN;
    i += 3;
    if (i < end && bytes[i] === 0x2e) {
      let unit = 100_000;
      const fractionStart = ++i;
      for (; i < end && bytes[i]! >= zero && bytes[i]! <= 0x39; i++) {
        if (unit < 1 && bytes[i] !== zero) return NaN; // Finer than PostgreSQL keeps: it stays text.
        micros += (bytes[i]! - zero) * Math.max(unit, 0);
        unit = Math.floor(unit / 10);
      }
      if (i === fractionStart) return NaN;
    }
  }

  const offsetSeconds = parseZone(bytes, i, end);
  if (Number.isNaN(offsetSeconds)) return NaN;
  timestampHasZone = i < end;
  const seconds = days * secondsPerDay + hour * 3600 + minute * 60 + second - offsetSeconds;
  const value = seconds * 1_000_000 + micros;
  return micros !== 0 && Math.abs(value) > microsecondsExactMax ? NaN : value;
}

/** The offset in seconds east of UTC; 0 when nothing is there, NaN when it is no zone. */
function parseZone(bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  if (length === 0) return 0;
  const first = bytes[start];
  if (length === 1) return first === 0x5a || first === 0x7a ? 0 : NaN;
  if (first !== plus && first !== dash) return NaN;
  const hours = length >= 3 ? twoDigits(bytes, start + 1) : -1;
  let minutes = 0;
  if (length === 5) minutes = twoDigits(bytes, start + 3);
  else if (length === 6 && bytes[start + 3] === colon) minutes = twoDigits(bytes, start + 4);
  else if (length !== 3) return NaN;
  if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59) return NaN;
  return (first === dash ? -1 : 1) * (hours * 3600 + minutes * 60);
}
