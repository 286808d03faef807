import { columnAt } from './scan-cell.js';

/**
 * Where the row is over whose cells begin at `from`, when its first and last cells say that they are in these columns;
 * `null` when that cannot be told at a glance, and the row has to be scanned.
 */
export function skipRowWithin(
  bytes: Buffer,
  from: number,
  prefix: string,
  columns: { readonly first: number; readonly last: number },
): number | null {
  const close = `</${prefix}row>`;
  const end = bytes.indexOf(close, from, 'latin1');
  if (end === -1) return null;
  const cell = `<${prefix}c r="`;
  const first = bytes.indexOf(cell, from, 'latin1');
  if (first === -1 || first > end) return null;
  const last = bytes.lastIndexOf(cell, end, 'latin1');
  const isWithin =
    columnAt(bytes, first + cell.length, end) >= columns.first &&
    columnAt(bytes, last + cell.length, end) <= columns.last &&
    // A cell without a place stands behind the one that has it.
    bytes.lastIndexOf(`<${prefix}c `, end, 'latin1') === last;
  return isWithin ? end + close.length : null;
}
