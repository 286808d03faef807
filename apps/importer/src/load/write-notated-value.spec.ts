import { describe, expect, it } from '@jest/globals';
import { classifyValue } from '../columns/classify-value.js';
import { type ColumnType, type Notation, typeBit } from '../columns/column-type.js';
import { CopyBuffer } from './copy-buffer.js';
import { takeWroteNaN } from './write-value.js';
import { writerFor } from './write-notated-value.js';

/** What a writer appends for a value, in hexadecimal; `null` when it does not fit. */
function written(type: Exclude<ColumnType, 'text'>, notation: Notation, text: string): string | null {
  const out = new CopyBuffer();
  const bytes = Buffer.from(`9${text}9`);
  out.beginRow(1);
  const number = writerFor(type, notation, 0)(out, bytes, 1, bytes.length - 1, 0);
  if (Number.isNaN(number) && !takeWroteNaN()) return null;
  out.endRow();
  return Buffer.concat(out.takePieces(true))
    .subarray(21 + 4, -2)
    .toString('hex');
}

describe('a writer', () => {
  it.each<[Exclude<ColumnType, 'text'>, Notation, string, string]>([
    ['integer', 'point', '1,234', '000004d2'],
    ['integer', 'point', '$1,234', '000004d2'],
    ['integer', 'point', '12%', '0000000c'],
    ['integer', 'comma', '1.234', '000004d2'],
    ['bigint', 'comma', '1.234', '00000000000004d2'],
    ['double precision', 'comma', '1,5', '3ff8000000000000'],
    ['double precision', 'comma', '-1,50 €', 'bff8000000000000'],
    ['double precision', 'comma', '1.234', '4093480000000000'],
    ['double precision', 'comma', 'NaN', '7ff8000000000000'],
    ['double precision', 'point', '1,234.5', '40934a0000000000'],
    ['double precision', 'point', '1e+03', '408f400000000000'],
    ['numeric', 'comma', '1,50', '000200000000000200011388'],
    ['date', 'day-first', '02/01/2000', '00000001'],
    ['date', 'month-first', '01/02/2000', '00000001'],
    ['date', 'month-named', '2 Jan 2000', '00000001'],
    ['timestamp without time zone', 'day-first', '01/01/2000 00:00:01', '00000000000f4240'],
    ['timestamp without time zone', 'month-first', '01/02/2000', '000000141dd76000'],
    ['timestamp without time zone', 'month-named', 'Jan 2, 2000 12:00 AM', '000000141dd76000'],
  ])('of %s, %s, writes %j', (type, notation, text, hex) => {
    expect(written(type, notation, text)).toBe(hex);
  });

  it.each<[Exclude<ColumnType, 'text'>, Notation, string]>([
    ['integer', 'comma', '1,5'],
    ['integer', 'point', '1.5'],
    ['double precision', 'comma', '1.5'],
    ['double precision', 'point', '1,5'],
    ['double precision', 'comma', '0,1234567890123456789'],
    ['date', 'day-first', '12/31/2024'],
    ['date', 'month-first', '31/12/2024'],
    ['date', 'day-first', '31/12/24'],
    ['date', 'day-first', '31/12/2024 10:00'],
    ['date', 'day-first', '2024-12-31'],
    ['date', 'month-named', '31/12/2024'],
  ])('of %s, %s, refuses %j', (type, notation, text) => {
    expect(written(type, notation, text)).toBeNull();
  });

  it('keeps to the separator that was seen', () => {
    const out = new CopyBuffer();
    const write = writerFor('date', 'day-first', 0);
    const days = (text: string): number => write(out, Buffer.from(text), 0, text.length, 0);
    expect([days('31/12/2024'), days('30/12/2024'), days('30.12.2024')]).toEqual([0, 0, NaN]);
  });

  /** Everything that is near a value which one type or another takes. */
  const fragments = ['', '-', '+', '0', '1', '12', '123', '2147483648', '9007199254740993', '.', ',', '5', 'e', 'E', '-05',
    '/', '2024', ':', '10', '31', ' ', 'T', 'Z', 'nan', 'inf', '$', '€', '%', "'", 'Dec', 'true', 'y', 'no']; // prettier-ignore

  it.each<[Exclude<ColumnType, 'text'>, Notation, number]>([
    ['integer', 'plain', typeBit.integer],
    ['bigint', 'plain', typeBit.bigint],
    ['double precision', 'plain', typeBit.double],
    ['numeric', 'plain', typeBit.numeric],
    ['date', 'plain', typeBit.date],
    ['timestamp without time zone', 'plain', typeBit.timestamp],
    ['timestamp with time zone', 'plain', typeBit.timestamptz],
    ['time without time zone', 'plain', typeBit.time],
    ['boolean', 'plain', typeBit.trueFalse],
    ['integer', 'point', typeBit.integer],
    ['double precision', 'point', typeBit.double],
    ['numeric', 'point', typeBit.numeric],
    ['integer', 'comma', typeBit.commaInteger],
    ['bigint', 'comma', typeBit.commaBigint],
    ['double precision', 'comma', typeBit.commaDouble],
    ['numeric', 'comma', typeBit.commaNumeric],
    ['date', 'day-first', typeBit.dayFirstDate],
    ['timestamp without time zone', 'day-first', typeBit.dayFirstTimestamp],
    ['date', 'month-first', typeBit.monthFirstDate],
    ['timestamp without time zone', 'month-first', typeBit.monthFirstTimestamp],
    ['date', 'month-named', typeBit.namedDate],
    ['timestamp without time zone', 'month-named', typeBit.namedTimestamp],
  ])('of %s, %s, takes nothing but what was classified as such', (type, notation, bit) => {
    let state = 3;
    const pick = (): string => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return fragments[Math.floor((state / 2 ** 32) * fragments.length)]!;
    };
    const wrong: string[] = [];
    const out = new CopyBuffer();
    for (let n = 0; n < 20_000; n++) {
      const text = Array.from({ length: 1 + (n % 7) }, pick).join('');
      if (text === '' || text.trim() !== text) continue;
      const bytes = Buffer.from(text);
      const isClassified = (classifyValue(bytes, 0, bytes.length) & bit) !== 0;
      out.beginRow(1);
      const number =
        bytes.length <= 40 ? writerFor(type, notation, 0)(out, bytes, 0, bytes.length, bit) : NaN;
      out.abandonRow();
      const fits = !Number.isNaN(number) || takeWroteNaN();
      // The plain writers of numbers know nothing of separators and units, which other writers read.
      const isPlainOnly = notation === 'plain' && /[, $€%']/.test(text) && isClassified;
      if (isClassified !== fits && !isPlainOnly) wrong.push(text);
    }
    expect(wrong).toEqual([]);
  });
});
