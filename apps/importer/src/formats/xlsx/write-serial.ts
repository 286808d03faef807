import { dateKind, durationKind, timeKind, type CellKind } from './number-format.js';
import type { TextBuffer } from '../text-buffer.js';

const millisecondsPerDay = 86_400_000;
/** 9999-12-31, the last day of either system, and beyond which no number is a day, in the one that begins in 1900. */
const lastDay = 2_958_465;
/** What the system that begins in 1904 calls 0. */
const daysTo1904 = 1_462;
/** In the other 1900 was a leap year, so 60 is the day that never was. */
const leapDay = 60;
/** Days from 0000-03-01 to the day that the system of 1900 calls 0, seen from after its leap day. */
const daysTo1900 = 693_899;

/** How a number was written as a time. */
export type SerialOutcome =
  | 'written'
  /** It is no day and no time in this system. */
  | 'none'
  /** It is the day 0 that a formula makes of an empty cell. */
  | 'empty';

/**
 * Writes a number that a workbook means as a day or time as `2013-04-27`, `03:04:05`, `2013-04-27 03:04:05` or, for a
 * duration, `36:04:05`, into the piece in `out`. Milliseconds are written where there are any.
 *
 * A day with a time is written with it though its format shows only the day, or only the time. A number below 1 is a
 * time of day, unless the system begins in 1904, or its format shows a day alone.
 */
export function writeSerial(out: TextBuffer, serial: number, kind: CellKind, is1904: boolean): SerialOutcome {
  out.reserve(64);
  if (kind === durationKind) {
    if (!(Math.abs(serial) <= lastDay)) return 'none';
    const milliseconds = Math.round(Math.abs(serial) * millisecondsPerDay);
    if (serial < 0 && milliseconds > 0) out.bytes[out.length++] = 0x2d;
    writeTime(out, milliseconds);
    return 'written';
  }
  if (!(serial >= 0)) return 'none';
  if (serial < 1 && (kind === timeKind || (!is1904 && kind !== dateKind && serial > 0))) {
    writeTime(out, Math.min(Math.round(serial * millisecondsPerDay), millisecondsPerDay - 1));
    return 'written';
  }
  const milliseconds = Math.round((serial + (is1904 ? daysTo1904 : 0)) * millisecondsPerDay);
  const day = Math.floor(milliseconds / millisecondsPerDay);
  const time = milliseconds - day * millisecondsPerDay;
  if (day > lastDay) return 'none';
  if (day === 0) return time === 0 ? 'empty' : 'none';
  writeDay(out, day);
  if (kind === dateKind && time === 0) return 'written';
  out.bytes[out.length++] = 0x20;
  writeTime(out, time);
  return 'written';
}

function writeDay(out: TextBuffer, day: number): void {
  if (day === leapDay) {
    out.appendAscii('1900-02-29');
    return;
  }
  // Years that begin in March put the leap day last.
  const days = day + daysTo1900 + (day < leapDay ? 1 : 0);
  const era = Math.floor(days / 146_097);
  const ofEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1_460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const march = Math.floor((5 * ofYear + 2) / 153);
  const month = march < 10 ? march + 3 : march - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  writeDigits(out, Math.floor(year / 100), 2);
  writeDigits(out, year % 100, 2);
  out.bytes[out.length++] = 0x2d;
  writeDigits(out, month, 2);
  out.bytes[out.length++] = 0x2d;
  writeDigits(out, ofYear - Math.floor((153 * march + 2) / 5) + 1, 2);
}

function writeTime(out: TextBuffer, milliseconds: number): void {
  const seconds = Math.floor(milliseconds / 1_000);
  const hours = Math.floor(seconds / 3_600);
  if (hours < 100) writeDigits(out, hours, 2);
  else out.appendAscii(String(hours));
  out.bytes[out.length++] = 0x3a;
  writeDigits(out, Math.floor(seconds / 60) % 60, 2);
  out.bytes[out.length++] = 0x3a;
  writeDigits(out, seconds % 60, 2);
  if (milliseconds % 1_000 === 0) return;
  out.bytes[out.length++] = 0x2e;
  writeDigits(out, milliseconds % 1_000, 3);
}

function writeDigits(out: TextBuffer, value: number, digits: number): void {
  let rest = value;
  for (let at = out.length + digits - 1; at >= out.length; at--) {
    out.bytes[at] = 0x30 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  out.length += digits;
}
