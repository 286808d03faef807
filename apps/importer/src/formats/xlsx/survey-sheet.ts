import { isHeader } from '../csv/detect-header.js';
import type { RowCells } from './row-cells.js';

/** Rows that are looked at to find the one that names the columns. */
const previewRowsMax = 50;
const previewCellsMax = 100_000;

/** A row at the beginning of a sheet: its cells with a value, by column. */
interface PreviewRow {
  readonly number: number;
  readonly texts: ReadonlyMap<number, string>;
}

/** Where a sheet's table is. */
export interface SheetTable {
  /** The columns from the first to the last that has a value anywhere, from 0. */
  readonly firstColumn: number;
  readonly lastColumn: number;
  /** What the columns are called; `null` where nothing names them. */
  readonly headers: readonly (string | null)[];
  /** How many rows with values come before those of the table. */
  readonly rowsBefore: number;
  /** Rows above the header that are a title, by their numbers. */
  readonly titleRows: readonly number[];
}

/** Gathers from the rows of a sheet where its table is. */
export class SheetSurvey {
  private rows = 0;
  private lastRow = 0;
  private first = Infinity;
  private last = -1;
  private readonly preview: PreviewRow[] = [];
  private previewCells = 0;

  /** Takes a row; one that was taken before adds nothing. */
  take(cells: RowCells): void {
    if (cells.first < this.first) this.first = cells.first;
    if (cells.last > this.last) this.last = cells.last;
    if (cells.number <= this.lastRow) return;
    this.rows++;
    this.lastRow = cells.number;
    if (this.rows > previewRowsMax || this.previewCells > previewCellsMax) return;
    const texts = new Map<number, string>();
    for (let column = cells.first; column <= cells.last; column++) {
      if (cells.has(column)) texts.set(column, cells.text(column));
    }
    this.previewCells += texts.size;
    this.preview.push({ number: cells.number, texts });
  }

  /** Whether what was seen reaches as far as the sheet says that it does, in its columns, and not farther. */
  isBoundedBy(dimension: string | null): boolean {
    const range = /^\$?([A-Z]{1,3})\$?\d+:\$?([A-Z]{1,3})\$?(\d+)$/i.exec(dimension ?? '');
    return (
      range !== null &&
      columnOf(range[1]!) === this.first &&
      columnOf(range[2]!) === this.last &&
      Number(range[3]) > this.lastRow
    );
  }

  /** The columns that had values so far; `null` when none had. */
  get columns(): { first: number; last: number } | null {
    return this.last === -1 ? null : { first: this.first, last: this.last };
  }

  /** The table among the rows that were seen; `null` when there is none. */
  findTable(): SheetTable | null {
    const header = findHeader(this.preview);
    const rowsBefore = header === -1 ? 0 : header + 1;
    if (this.rows <= rowsBefore) return null;
    const texts = header === -1 ? null : this.preview[header]!.texts;
    const headers: (string | null)[] = [];
    for (let column = this.first; column <= this.last; column++) {
      const text = texts?.get(column)?.trim() ?? '';
      headers.push(text === '' ? null : text);
    }
    return {
      firstColumn: this.first,
      lastColumn: this.last,
      headers,
      rowsBefore,
      titleRows: this.preview.slice(0, Math.max(header, 0)).map(({ number }) => number),
    };
  }
}

/**
 * Which row names the columns; -1 when none does. It is the first, unless that holds a number that is no year. Rows of
 * a single text above it are a title when the row behind them looks like a header, is not shorter than the one that
 * follows it, and is set apart by a blank row or has at least three names.
 */
function findHeader(rows: readonly PreviewRow[]): number {
  const wide = rows.findIndex(({ texts }) => texts.size > 1);
  if (wide > 0 && rows.slice(0, wide).every(namesColumns)) {
    const row = rows[wide]!;
    const isApart = row.number > rows[wide - 1]!.number + 1 || row.texts.size > 2;
    const next = rows[wide + 1];
    if (isApart && namesColumns(row) && next !== undefined && row.texts.size >= next.texts.size) return wide;
  }
  return rows.length > 0 && namesColumns(rows[0]!) ? 0 : -1;
}

function namesColumns({ texts }: PreviewRow): boolean {
  return isHeader([...texts.values()]);
}

/** `AB` as a number from 0. */
function columnOf(letters: string): number {
  let column = 0;
  for (const letter of letters.toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}
