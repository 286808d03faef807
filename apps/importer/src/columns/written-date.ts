import { mark } from './column-type.js';
import { parseClock } from './parse-clock.js';
import { daysOf, microsecondsExactMax, microsecondsPerDay } from './parse-time.js';

const zero = 0x30;
const nine = 0x39;
const space = 0x20;

const separatorMarks: Record<number, number> = { 0x2f: mark.slash, 0x2e: mark.dot, 0x2d: mark.dash };

/** A date with the year last, and possibly a time of day, read both ways. */
export interface YearLastDate {
  /** Days since 2000-01-01 with the day first, NaN when that is no day of the calendar. */
  dayFirst: number;
  /** The same with the month first. */
  monthFirst: number;
  /** Microseconds since midnight; NaN for a date alone. */
  clock: number;
  /** The separator, as a bit of `mark`. */
  separator: number;
  /** The year has two digits: which century it means is not told, so it is no date. */
  isShort: boolean;
}

/** Filled by each reading, so that columns of dates make no garbage. */
const found: YearLastDate = { dayFirst: NaN, monthFirst: NaN, clock: NaN, separator: 0, isShort: false };

/**
 * Reads `31/12/2024` or `12/31/2024`, also with points or dashes, with days and months of one digit, and with a time
 * of day after a space; `null` when it is no such date. What it returns is valid until it is called again.
 */
export function readYearLastDate(bytes: Buffer, start: number, end: number): YearLastDate | null {
  let i = skipDigits(bytes, start, end);
  const separator = separatorMarks[bytes[i]!];
  if (separator === undefined || i === start || i - start > 2 || i >= end) return null;
  const first = numberOf(bytes, start, i);
  const secondStart = i + 1;
  i = skipDigits(bytes, secondStart, end);
  if (i === secondStart || i - secondStart > 2 || i >= end || bytes[i] !== bytes[secondStart - 1])
    return null;
  const second = numberOf(bytes, secondStart, i);
  const yearStart = i + 1;
  i = skipDigits(bytes, yearStart, end);
  const yearDigits = i - yearStart;
  if (yearDigits !== 4 && yearDigits !== 2) return null;
  const year = numberOf(bytes, yearStart, i);

  found.clock = NaN;
  if (i < end) {
    if (bytes[i] !== space) return null;
    found.clock = parseClock(bytes, i + 1, end);
    if (Number.isNaN(found.clock)) return null;
  }
  // A leap year, so that every day there may be counts.
  const calendarYear = yearDigits === 2 ? 2000 : year;
  found.dayFirst = daysOf(calendarYear, second, first);
  found.monthFirst = daysOf(calendarYear, first, second);
  found.separator = separator;
  found.isShort = yearDigits === 2;
  return found;
}

const monthNames = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const longMonthNames =
  'january february march april may june july august september october november december'.split(' ');
const namedPattern =
  /^(?:(\d{1,2})([ -])([a-z]{3,9})\2(\d{4})|([a-z]{3,9}) (\d{1,2}),? (\d{4}))(?: (\d[\d:.]*(?: ?[ap]m)?))?$/i;

/** A date whose month is an English word: days since 2000-01-01, and microseconds since midnight or NaN. */
export interface NamedDate {
  days: number;
  clock: number;
}

/** Reads `31 Dec 2024`, `31-Dec-2024` or `December 31, 2024`, also with a time of day; `null` when it is none. */
export function readNamedDate(text: string): NamedDate | null {
  const match = namedPattern.exec(text);
  if (match === null) return null;
  const [, day1, , word1, year1, word2, day2, year2, clockText] = match as unknown as (string | undefined)[];
  const word = (word1 ?? word2 ?? '').toLowerCase();
  const month = Math.max(monthNames.indexOf(word), longMonthNames.indexOf(word)) + 1;
  const days = daysOf(Number(year1 ?? year2), month, Number(day1 ?? day2));
  if (Number.isNaN(days)) return null;
  if (clockText === undefined) return { days, clock: NaN };
  const clock = parseClock(Buffer.from(clockText), 0, clockText.length);
  return Number.isNaN(clock) ? null : { days, clock };
}

/** Days and a time of day as microseconds since 2000-01-01; NaN where a number is too coarse for them. */
export function microsecondsOf(days: number, clock: number): number {
  if (Number.isNaN(clock)) return days * microsecondsPerDay;
  const micros = days * microsecondsPerDay + clock;
  return clock % 1_000_000 !== 0 && Math.abs(micros) > microsecondsExactMax ? NaN : micros;
}

function skipDigits(bytes: Buffer, start: number, end: number): number {
  let i = start;
  while (i < end && bytes[i]! >= zero && bytes[i]! <= nine) i++;
  return i;
}

function numberOf(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) value = value * 10 + (bytes[i]! - zero);
  return value;
}
