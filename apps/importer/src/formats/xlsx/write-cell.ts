import { type CellKind, paddedKind, plainKind } from './number-format.js';
import { isPlainNumber, writePlainNumber } from '../plain-number.js';
import type { RowCells } from './row-cells.js';
import { isBlank, MalformedXml } from './scan-xml.js';
import type { SharedStrings } from './shared-strings.js';
import type { TextBuffer } from '../text-buffer.js';
import { writeSerial } from './write-serial.js';

/** How a workbook writes values. */
export interface ValueRules {
  readonly strings: SharedStrings;
  /** What numbers mean in cells of each style. */
  readonly kinds: readonly CellKind[];
  /** Whether days are counted from 1904. */
  readonly is1904: boolean;
}

/** What a sheet had that tables cannot have. */
export interface SheetCounts {
  /** Cells whose formula failed. */
  errors: number;
  /** Cells whose formula was never computed. */
  uncomputed: number;
  /** Cells with the day 0, which formulas make of empty cells. */
  emptyDays: number;
}

const one = 0x31;
const yes = Buffer.from('true');
const no = Buffer.from('false');
const nothing = Buffer.alloc(0);

/** Puts a number, or what is meant by it, into a row. `scratch` holds what is written anew. */
export function setNumber(
  cells: RowCells,
  column: number,
  bytes: Buffer,
  from: number,
  to: number,
  kind: CellKind,
  is1904: boolean,
  scratch: TextBuffer,
  counts: SheetCounts,
): void {
  let start = from;
  let end = to;
  while (start < end && isBlank(bytes[start])) start++;
  while (end > start && isBlank(bytes[end - 1])) end--;
  if (start === end) return;
  if (kind === plainKind && isPlainNumber(bytes, start, end)) {
    cells.set(column, bytes, start, end, false);
    return;
  }
  scratch.begin();
  if (kind >= paddedKind) pad(scratch, bytes, start, end, kind - paddedKind);
  else if (kind !== plainKind) {
    const outcome = writeSerial(scratch, numberOf(bytes, start, end), kind, is1904);
    if (outcome === 'empty') {
      counts.emptyDays++;
      cells.set(column, nothing, 0, 0, false);
      return;
    }
  }
  if (scratch.length === scratch.piece) writePlainNumber(scratch, bytes, start, end);
  cells.set(column, scratch.bytes, scratch.piece, scratch.length, false);
}

const zero = 0x30;

/** A whole number of a few digits without a string being made of it, any other with one. */
function numberOf(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i]! - zero;
    if (digit < 0 || digit > 9 || end - start > 9) return Number(bytes.toString('latin1', start, end));
    value = value * 10 + digit;
  }
  return value;
}

/** Zeros before a whole number that is short of so many digits; nothing for any other number. */
function pad(scratch: TextBuffer, bytes: Buffer, start: number, end: number, digits: number): void {
  for (let i = start; i < end; i++) if (!(bytes[i]! >= zero && bytes[i]! <= 0x39)) return;
  if (end - start < digits) scratch.appendAscii('0'.repeat(digits - (end - start)));
  scratch.append(bytes, start, end);
}

/** Puts the shared string whose number is written there into a row; an empty one is no value. */
export function setShared(
  cells: RowCells,
  column: number,
  bytes: Buffer,
  start: number,
  end: number,
  strings: SharedStrings,
  scratch: TextBuffer,
): void {
  const index = numberOf(bytes, start, end);
  if (start === end || !Number.isInteger(index) || !strings.locate(index)) {
    throw new MalformedXml('refers to a text that is not there');
  }
  if (strings.start === strings.end) return;
  if (strings.isResident) {
    cells.set(column, strings.bytes, strings.start, strings.end, true);
    return;
  }
  scratch.begin();
  scratch.append(strings.bytes, strings.start, strings.end);
  cells.set(column, scratch.bytes, scratch.piece, scratch.length, true);
}

/** Puts the piece of text that was written last into a row; an empty one is no value. */
export function setPiece(cells: RowCells, column: number, scratch: TextBuffer, isText: boolean): void {
  if (scratch.length > scratch.piece) {
    cells.set(column, scratch.bytes, scratch.piece, scratch.length, isText);
  }
}

export function setBoolean(cells: RowCells, column: number, bytes: Buffer, start: number): void {
  const word = bytes[start] === one || (bytes[start]! | 0x20) === 0x74 ? yes : no;
  cells.set(column, word, 0, word.length, false);
}

export function setNull(cells: RowCells, column: number): void {
  cells.set(column, nothing, 0, 0, false);
}

/** A day as ISO 8601 writes it: without the time where that is midnight, and without a day where it has none. */
export function setIsoDay(cells: RowCells, column: number, scratch: TextBuffer): void {
  const text = scratch.bytes.toString('latin1', scratch.piece, scratch.length).trim();
  scratch.begin();
  scratch.appendAscii(text.replace(/^T/, '').replace(/T00:00(:00(\.0*)?)?Z?$/, ''));
  setPiece(cells, column, scratch, false);
}
