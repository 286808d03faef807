import { SyncError } from '@tidetable/contracts';
import { decoded, decodeString } from './decode-string.js';

/** More columns no table can have; it is also what keeps a file of nothing but names from taking all memory. */
const columnsMax = 1_600;

/** @throws SyncError `columns-too-many` when there can be no such column, counted from 0 */
export function refuseTooMany(column: number): void {
  if (column >= columnsMax) throw new SyncError('columns-too-many', `it has more than ${columnsMax} columns`);
}

/** The names of members that became columns, in the order in which they first appeared. */
export class ColumnKeys {
  readonly names: string[] = [];
  /** How each name was written when it was new, to find it again without making a string. */
  private readonly written: Buffer[] = [];
  private readonly columns = new Map<string, number>();

  /**
   * The column of the name in `bytes[start..end)`, which is new if the name is. `likely` is where it is looked for
   * first: members of all rows mostly come in one order.
   *
   * @throws SyncError `columns-too-many`
   */
  columnOf(bytes: Buffer, start: number, end: number, isEscaped: boolean, likely: number): number {
    const expected = this.written[likely];
    if (expected !== undefined && isSame(expected, bytes, start, end)) return likely;
    const name = isEscaped ? unescape(bytes, start, end) : bytes.toString('utf8', start, end);
    const known = this.columns.get(name);
    if (known !== undefined) return known;
    const column = this.names.length;
    refuseTooMany(column);
    this.columns.set(name, column);
    this.names.push(name);
    this.written.push(Buffer.from(bytes.subarray(start, end)));
    return column;
  }

  has(name: string): boolean {
    return this.columns.has(name);
  }
}

function unescape(bytes: Buffer, start: number, end: number): string {
  const length = decodeString(bytes, start, end);
  return decoded.toString('utf8', 0, length).replaceAll('\0', '\ufffd');
}

function isSame(expected: Buffer, bytes: Buffer, start: number, end: number): boolean {
  const length = end - start;
  if (expected.length !== length) return false;
  for (let i = 0; i < length; i++) if (expected[i] !== bytes[start + i]) return false;
  return true;
}
