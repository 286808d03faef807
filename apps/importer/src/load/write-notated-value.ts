import { parseSpecial } from '../columns/classify-value.js';
import { type ColumnType, mark, type Notation } from '../columns/column-type.js';
import { readNotatedNumber } from '../columns/notated-number.js';
import { microsecondsOf, readNamedDate, readYearLastDate } from '../columns/written-date.js';
import { plainWriters, type ValueWriter } from './write-value.js';

const separators = mark.slash | mark.dot | mark.dash;
/** Holds a number as programs write it: it is never longer than the value that it comes from. */
const scratch = Buffer.alloc(64);

/**
 * How the values of a column are written that are in one of the notations of people. `seen` is what was met among
 * them, as bits of `mark`.
 */
export function writerFor(type: Exclude<ColumnType, 'text'>, notation: Notation, seen: number): ValueWriter {
  const plain = plainWriters[type];
  switch (notation) {
    case 'plain':
      return plain;
    case 'point':
    case 'comma':
      return notatedNumberWriter(plain, notation);
    case 'month-named':
      return namedDateWriter(type === 'date');
    case 'day-first':
    case 'month-first':
      return yearLastDateWriter(type === 'date', notation, seen & separators);
  }
}

/** Writes numbers with separators and units with the writer for those without. */
export function notatedNumberWriter(plain: ValueWriter, notation: 'point' | 'comma'): ValueWriter {
  return (out, bytes, start, end, pairs) => {
    if (parseSpecial(bytes, start, end) !== undefined) return plain(out, bytes, start, end, pairs);
    const number = readNotatedNumber(bytes.toString('utf8', start, end))?.[notation];
    if (number == null) {
      // Whole numbers with an exponent are read as they stand.
      return notation === 'point' ? plain(out, bytes, start, end, pairs) : NaN;
    }
    return plain(out, scratch, 0, scratch.write(number, 'latin1'), pairs);
  };
}

function yearLastDateWriter(
  isDate: boolean,
  notation: 'day-first' | 'month-first',
  seenSeparator: number,
): ValueWriter {
  let separator = seenSeparator;
  return (out, bytes, start, end) => {
    const date = readYearLastDate(bytes, start, end);
    if (date === null || date.isShort) return NaN;
    separator ||= date.separator;
    if (date.separator !== separator) return NaN;
    const days = notation === 'day-first' ? date.dayFirst : date.monthFirst;
    return writeDays(out, isDate, days, date.clock);
  };
}

function namedDateWriter(isDate: boolean): ValueWriter {
  return (out, bytes, start, end) => {
    const date = readNamedDate(bytes.toString('latin1', start, end));
    return date === null ? NaN : writeDays(out, isDate, date.days, date.clock);
  };
}

function writeDays(out: Parameters<ValueWriter>[0], isDate: boolean, days: number, clock: number): number {
  if (Number.isNaN(days) || (isDate && !Number.isNaN(clock))) return NaN;
  if (isDate) {
    out.writeInt32(days);
    return 0;
  }
  const micros = microsecondsOf(days, clock);
  if (Number.isNaN(micros)) return NaN;
  out.writeInt64(micros);
  return 0;
}
