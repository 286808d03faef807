import { MalformedXml } from './scan-xml.js';

/** As many as a sheet has, XFD is the last. */
const sheetColumnsMax = 16_384;

/**
 * The cells of one row, by their columns, whatever order they come in. A cell without a value is not there. Their bytes
 * are valid until the next row begins.
 */
export class RowCells {
  /** The number of the row in its sheet, from 1. */
  number = 0;
  /** The first and the last column with a value, from 0; the last is -1 when none has one. */
  first = 0;
  last = -1;

  private readonly rows = new Uint32Array(sheetColumnsMax);
  private readonly sources: Buffer[] = [];
  private readonly starts = new Int32Array(sheetColumnsMax);
  private readonly ends = new Int32Array(sheetColumnsMax);
  private readonly texts = new Uint8Array(sheetColumnsMax);
  private row = 0;

  begin(number: number): void {
    this.number = number;
    this.first = sheetColumnsMax;
    this.last = -1;
    this.row = (this.row + 1) >>> 0;
  }

  /** `isText` for what is a text in the sheet, whatever it looks like. No bytes are a value that is NULL. */
  set(column: number, bytes: Buffer, start: number, end: number, isText: boolean): void {
    if (column >= sheetColumnsMax) throw new MalformedXml('has more columns than a sheet can have');
    this.rows[column] = this.row;
    this.sources[column] = bytes;
    this.starts[column] = start;
    this.ends[column] = end;
    this.texts[column] = isText ? 1 : 0;
    if (column < this.first) this.first = column;
    if (column > this.last) this.last = column;
  }

  has(column: number): boolean {
    return this.rows[column] === this.row;
  }

  source(column: number): Buffer {
    return this.sources[column]!;
  }

  start(column: number): number {
    return this.starts[column]!;
  }

  end(column: number): number {
    return this.ends[column]!;
  }

  isText(column: number): boolean {
    return this.texts[column] === 1;
  }

  /** The value of a cell as a string; empty without. */
  text(column: number): string {
    if (!this.has(column)) return '';
    return this.sources[column]!.toString('utf8', this.starts[column], this.ends[column]);
  }
}
