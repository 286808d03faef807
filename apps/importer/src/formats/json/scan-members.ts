import { type ColumnKeys, refuseTooMany } from './column-keys.js';
import type { RowCells } from './row-cells.js';
import {
  braceOpen,
  incomplete,
  MalformedJson,
  scanName,
  skipColon,
  skipSpace,
  stringIsEscaped,
  toClosing,
} from './scan-json.js';

const comma = 0x2c;

/** Scans an object whose members are the columns of a row, from its brace, and returns its end. */
export function scanMembers(
  bytes: Buffer,
  at: number,
  to: number,
  keys: ColumnKeys,
  cells: RowCells,
  firstColumn: number,
): number {
  const closing = braceOpen + toClosing;
  let likely = 0;
  let i = skipSpace(bytes, at + 1, to);
  if (i < to && bytes[i] === closing) return i + 1;
  while (i < to) {
    const nameStart = i + 1;
    const nameEnd = scanName(bytes, i, to);
    if (nameEnd === incomplete) return incomplete;
    const column = keys.columnOf(bytes, nameStart, nameEnd, stringIsEscaped, likely);
    likely = column + 1;
    i = skipColon(bytes, nameEnd + 1, to);
    if (i === incomplete) return incomplete;
    i = cells.scan(bytes, i, to, firstColumn + column);
    if (i === incomplete) return incomplete;
    i = skipSpace(bytes, i, to);
    if (i === to) return incomplete;
    if (bytes[i] === closing) return i + 1;
    if (bytes[i] !== comma) throw new MalformedJson('a comma or a closing brace is expected', i);
    i = skipSpace(bytes, i + 1, to);
  }
  return incomplete;
}

/** Scans an array whose elements are the fields of a row, from its bracket, and returns its end. */
export function scanElements(bytes: Buffer, at: number, to: number, cells: RowCells): number {
  const closing = bytes[at]! + toClosing;
  let column = 0;
  let i = skipSpace(bytes, at + 1, to);
  if (i < to && bytes[i] === closing) return i + 1;
  while (i < to) {
    refuseTooMany(column);
    i = cells.scan(bytes, i, to, column++);
    if (i === incomplete) return incomplete;
    i = skipSpace(bytes, i, to);
    if (i === to) return incomplete;
    if (bytes[i] === closing) return i + 1;
    if (bytes[i] !== comma) throw new MalformedJson('a comma or a closing bracket is expected', i);
    i = skipSpace(bytes, i + 1, to);
  }
  return incomplete;
}
