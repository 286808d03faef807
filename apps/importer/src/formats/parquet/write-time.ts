import type { TextBuffer } from '../text-buffer.js';

/** What could not be kept of the values. */
export interface ValueLosses {
  /** Times that were finer than PostgreSQL keeps them. */
  cutTimes: number;
}

const secondsPerDay = 86_400;
const millisecondsPerDay = 86_400_000;
const nanosecondsPerSecond = 1_000_000_000;
/** The number of 1 January 1970 among the days that INT96 counts. */
const julianEpochDay = 2_440_588;
const zero = 0x30;
/** The longest, with a day, a clock, a fraction and a zone. */
const timestampBytes = 40;

/** Writes a day, counted from 1970. Years beyond four digits are written as ISO 8601 does, which makes a column text. */
export function writeDay(out: TextBuffer, days: number): void {
  out.reserve(timestampBytes);
  // By the civil calendar; years begin in March, so that the day of leap years is their last.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  if (year < 1 || year > 9_999) {
    const date = new Date(days * millisecondsPerDay);
    out.appendAscii(Number.isNaN(date.getTime()) ? String(days) : date.toISOString().split('T')[0]!);
    return;
  }
  writeDigits(out, year, 4);
  writeCharacter(out, 0x2d);
  writeDigits(out, month, 2);
  writeCharacter(out, 0x2d);
  writeDigits(out, day, 2);
}

/** Writes a time, counted from 1970 in so many units a second. */
export function writeTimestamp(
  out: TextBuffer,
  value: number | bigint,
  unitsPerSecond: number,
  isUtc: boolean,
  losses: ValueLosses,
): void {
  let seconds: number;
  let rest: number;
  if (typeof value === 'number') {
    seconds = Math.floor(value / unitsPerSecond);
    rest = value - seconds * unitsPerSecond;
  } else {
    const units = BigInt(unitsPerSecond);
    const left = ((value % units) + units) % units;
    seconds = Number((value - left) / units);
    rest = Number(left);
  }
  writeMoment(out, seconds, rest, unitsPerSecond, losses);
  if (isUtc) writeCharacter(out, 0x5a);
}

/** Writes a time in the twelve bytes that older programs use: nanoseconds of the day, and the day. */
export function writeOldTimestamp(out: TextBuffer, bytes: Buffer, start: number, losses: ValueLosses): void {
  const day = bytes.readInt32LE(start + 8) - julianEpochDay;
  const nanoseconds = bytes.readBigInt64LE(start);
  const units = BigInt(nanosecondsPerSecond);
  const rest = ((nanoseconds % units) + units) % units;
  const seconds = day * secondsPerDay + Number((nanoseconds - rest) / units);
  writeMoment(out, seconds, Number(rest), nanosecondsPerSecond, losses);
}

/** Writes a time of day, counted from midnight. */
export function writeTime(
  out: TextBuffer,
  value: number | bigint,
  unitsPerSecond: number,
  losses: ValueLosses,
): void {
  const units = Number(value);
  const seconds = Math.floor(units / unitsPerSecond);
  if (!(seconds >= 0 && seconds <= secondsPerDay)) {
    // No time of any day; as text it shows what it is.
    out.appendAscii(String(value));
    return;
  }
  out.reserve(timestampBytes);
  writeClock(out, seconds);
  writeFraction(out, units - seconds * unitsPerSecond, unitsPerSecond, losses);
}

function writeMoment(
  out: TextBuffer,
  seconds: number,
  rest: number,
  unitsPerSecond: number,
  losses: ValueLosses,
): void {
  const days = Math.floor(seconds / secondsPerDay);
  writeDay(out, days);
  out.reserve(timestampBytes);
  writeCharacter(out, 0x20);
  writeClock(out, seconds - days * secondsPerDay);
  writeFraction(out, rest, unitsPerSecond, losses);
}

function writeClock(out: TextBuffer, seconds: number): void {
  writeDigits(out, Math.floor(seconds / 3_600), 2);
  writeCharacter(out, 0x3a);
  writeDigits(out, Math.floor(seconds / 60) % 60, 2);
  writeCharacter(out, 0x3a);
  writeDigits(out, seconds % 60, 2);
}

/** What is left of a second, in so many units a second, in microseconds at the finest. */
function writeFraction(out: TextBuffer, rest: number, unitsPerSecond: number, losses: ValueLosses): void {
  if (rest === 0) return;
  let digits = unitsPerSecond === 1_000 ? 3 : 6;
  let kept = rest;
  if (unitsPerSecond === nanosecondsPerSecond) {
    kept = Math.floor(rest / 1_000);
    if (kept * 1_000 !== rest) losses.cutTimes++;
    if (kept === 0) return;
  }
  for (; kept % 10 === 0; kept /= 10) digits--;
  writeCharacter(out, 0x2e);
  writeDigits(out, kept, digits);
}

function writeDigits(out: TextBuffer, value: number, digits: number): void {
  let rest = value;
  out.length += digits;
  for (let i = 1; i <= digits; i++) {
    const quotient = Math.floor(rest / 10);
    out.bytes[out.length - i] = zero + (rest - 10 * quotient);
    rest = quotient;
  }
}

function writeCharacter(out: TextBuffer, code: number): void {
  out.bytes[out.length++] = code;
}
