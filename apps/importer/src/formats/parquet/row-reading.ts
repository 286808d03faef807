import type { RowSink } from '../row-sink.js';
import { TextBuffer } from '../text-buffer.js';
import { decoding, meaningOf } from './damaged-file.js';
import type { PagedFile } from './leaf-cursor.js';
import { openColumns, type TableColumn } from './open-columns.js';
import { spend } from './page-source.js';
import type { FileDescription } from './parse-footer.js';
import { type RowColumn, rowBytesMax } from './row-column.js';
import type { ValueLosses } from './write-time.js';

/** Of a row that is too long so much is kept. */
const keptBytesMax = 64 * 1024;

/** Unpacking so much takes some tenths of a second, after which others have their turn. */
const unpackedPauseBytes = 64 * 1024 * 1024;

/** How much a table may stand for. */
export interface ReadingBounds {
  readonly file: PagedFile;
  /** How many bytes all fields may have together, with one for each. */
  readonly fieldBytesMax: number;
}

/** Reads the rows of a file once, from the first to the last, group by group. */
export class RowReading {
  /** The row that comes next, from 1. */
  row = 1;
  readonly losses: ValueLosses = { cutTimes: 0 };
  private group = 0;
  private leftInGroup = 0;
  private columns: readonly RowColumn[] = [];
  /** What was met in the row at hand. */
  private isTooLong = false;
  private hasProblem = false;
  private readonly text = new TextBuffer();
  private readonly fields: { readonly bytesMax: number; bytes: number };

  constructor(
    private readonly description: FileDescription,
    private readonly tableColumns: readonly TableColumn[],
    private readonly bounds: ReadingBounds,
  ) {
    this.fields = { bytesMax: bounds.fieldBytesMax, bytes: 0 };
  }

  /**
   * Feeds rows until there are `rowsMax`, or they have more than `bytesMax`, or pages of more than `unpackedPauseBytes` were
   * unpacked for them, or no more are left. Returns whether there may be more.
   *
   * @throws SyncError when the file is damaged, or has a text that is none
   */
  feed(sink: RowSink, rowsMax: number, bytesMax: number): boolean {
    let bytes = 0;
    const { budget } = this.bounds.file;
    const unpackedMax = budget.bytes + unpackedPauseBytes;
    for (let rows = 0; rows < rowsMax && bytes < bytesMax && budget.bytes < unpackedMax; rows++) {
      while (this.leftInGroup === 0) {
        if (this.group === this.description.groupsCount) return false;
        this.openGroup();
      }
      bytes += this.feedRow(sink);
    }
    return true;
  }

  private openGroup(): void {
    const group = decoding(() => this.description.group(this.group++));
    this.bounds.file.memory.forget();
    this.leftInGroup = group.rows;
    this.columns = openColumns(this.tableColumns, group, {
      pages: this.bounds.file,
      schema: this.description.schema,
      losses: this.losses,
      text: this.text,
    });
  }

  /** Feeds a row, all of whose values are looked at before, and returns how many bytes it has. */
  private feedRow(sink: RowSink): number {
    const { columns, row } = this;
    const bytes = this.advance();
    spend(this.fields, bytes);
    this.row++;
    this.leftInGroup--;
    const isTooLong = this.isTooLong || bytes > rowBytesMax;
    if (isTooLong || this.hasProblem) {
      this.rejectRow(sink, row, isTooLong);
      return bytes;
    }
    for (const column of columns) {
      if (column.isNull) sink.field(this.text.bytes, 0, 0, false);
      else sink.field(column.bytes, column.start, column.end, column.isText);
    }
    sink.endRow(row);
    return bytes;
  }

  /** Goes to the next row in all columns. @throws SyncError when it is damaged */
  private advance(): number {
    const { columns } = this;
    this.text.clear();
    this.isTooLong = false;
    this.hasProblem = false;
    let bytes = columns.length;
    try {
      for (const column of columns) {
        column.advance();
        if (column.isNull) continue;
        bytes += column.end - column.start;
        if (column.isTooLong) this.isTooLong = true;
        if (column.problem !== null) this.hasProblem = true;
      }
    } catch (error) {
      throw meaningOf(error, `row ${this.row}`);
    }
    return bytes;
  }

  /** The row is kept as its values separated by tabs; what the database cannot store is written as JSON has it. */
  private rejectRow(sink: RowSink, row: number, isTooLong: boolean): void {
    const values = this.columns.map(({ isNull, bytes, start, end }) =>
      isNull ? '' : bytes.toString('utf8', start, Math.min(end, start + keptBytesMax)),
    );
    const text = Buffer.from(values.join('\t').replaceAll('\0', '\\u0000'));
    const reason = this.columns.find(({ isNull, problem }) => !isNull && problem !== null)?.problem;
    sink.rejectRow(row, isTooLong ? 'row-too-long' : reason!, text, 0, Math.min(text.length, keptBytesMax));
  }
}
