import { describe, expect, it } from '@jest/globals';
import { dateKind, durationKind, timeKind, timestampKind } from './number-format.js';
import { TextBuffer } from '../text-buffer.js';
import { writeSerial } from './write-serial.js';

function written(serial: number, kind: number, is1904 = false): string {
  const out = new TextBuffer();
  out.begin();
  const outcome = writeSerial(out, serial, kind, is1904);
  return outcome === 'written' ? out.bytes.toString('latin1', out.piece, out.length) : outcome;
}

describe('a number that is a day or a time', () => {
  it.each([
    ['the first day', 1, dateKind, '1900-01-01'],
    ['the day before the one that never was', 59, dateKind, '1900-02-28'],
    ['the day that never was, as Excel shows it', 60, dateKind, '1900-02-29'],
    ['the day behind it', 61, dateKind, '1900-03-01'],
    ['a leap day', 36585, dateKind, '2000-02-29'],
    ['the day behind it', 36586, dateKind, '2000-03-01'],
    ['the end of a year', 43830, dateKind, '2019-12-31'],
    ['the last day', 2958465, dateKind, '9999-12-31'],
    ['beyond the last day', 2958466, dateKind, 'none'],
    ['before the first day', -1, dateKind, 'none'],
    ['no number', NaN, dateKind, 'none'],
    ['day 0', 0, dateKind, 'empty'],
    ['day 0 as a day and time', 0, timestampKind, 'empty'],
    ['a part of day 0', 0.5, dateKind, 'none'],
    ['a day that has a time though its format hides it', 43831.75, dateKind, '2020-01-01 18:00:00'],
    ['a day with a time', 43831.5, timestampKind, '2020-01-01 12:00:00'],
    ['midnight', 43831, timestampKind, '2020-01-01 00:00:00'],
    ['seconds that no double holds', 43831.52084490741, timestampKind, '2020-01-01 12:30:01'],
    ['milliseconds', 43831.0000001389, timestampKind, '2020-01-01 00:00:00.012'],
    ['almost midnight', 43831.999999999, timestampKind, '2020-01-02 00:00:00'],
    ['a time where days and times are', 0.25, timestampKind, '06:00:00'],
    ['a time', 0.5, timeKind, '12:00:00'],
    ['midnight as a time', 0, timeKind, '00:00:00'],
    ['almost the next day', 0.9999999999, timeKind, '23:59:59.999'],
    ['a time that has a day though its format hides it', 43831.5, timeKind, '2020-01-01 12:00:00'],
    ['a duration', 0.5, durationKind, '12:00:00'],
    ['a duration of more than a day', 1.5, durationKind, '36:00:00'],
    ['a duration of weeks', 50.000011574074074, durationKind, '1200:00:01'],
    ['a duration below nothing', -0.0625, durationKind, '-01:30:00'],
  ])('%s', (_what, serial, kind, text) => {
    expect(written(serial, kind)).toBe(text);
  });

  it.each([
    ['the first day', 0, dateKind, '1904-01-01'],
    ['a day', 42369, dateKind, '2020-01-01'],
    ['a day with a time', 42369.5, timestampKind, '2020-01-01 12:00:00'],
    ['the first day with a time', 0.5, timestampKind, '1904-01-01 12:00:00'],
    ['a time', 0.5, timeKind, '12:00:00'],
    ['the last day', 2957003, dateKind, '9999-12-31'],
    ['beyond the last day', 2957004, dateKind, 'none'],
  ])('where days are counted from 1904: %s', (_what, serial, kind, text) => {
    expect(written(serial, kind, true)).toBe(text);
  });

  it('every day of two centuries follows the one before it', () => {
    for (let serial = 61; serial < 73_500; serial += 1) {
      const day = new Date(Date.UTC(1899, 11, 30 + serial)).toISOString().slice(0, 10);
      if (written(serial, dateKind) !== day) throw new Error(`${serial} is not ${day}`);
    }
    expect(written(73_415, dateKind)).toBe('2100-12-31');
  });
});
