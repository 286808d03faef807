import { SyncError } from '@tidetable/contracts';
import { RowCells } from './row-cells.js';
import { type CellContext, scanCell, scannedColumn } from './scan-cell.js';
import {
  attributeOf,
  incomplete,
  isBlank,
  isSelfClosing,
  localName,
  MalformedXml,
  markupAt,
  nextMarkup,
  prefixOf,
  skipElement,
  skipOther,
  tagEnd,
} from './scan-xml.js';
import { refuseOtherEncodings, verifyText } from './scan-part.js';
import { TextBuffer } from '../text-buffer.js';
import { skipRowWithin } from './skip-row.js';
import type { SheetCounts, ValueRules } from './write-cell.js';

const greaterThan = 0x3e;
const slash = 0x2f;
const lessThan = 0x3c;
const letterC = 0x63;

/** What a row's strings may take together; a sheet's widest row of its longest texts would take far more. */
const rowTextBytesMax = 64 * 1024 * 1024;

/** Where the scan is in a sheet. */
type Phase = 'start' | 'before' | 'rows' | 'after' | 'end';

/**
 * Reads the rows of a sheet out of the XML that it is written in (ECMA-376 part 1, 18.3), piece by piece, wherever the
 * pieces are cut: each row that has a value is handed to `take`.
 *
 * Works on bytes: nothing that XML is made of occurs within a character of UTF-8.
 */
export class SheetScanner {
  readonly counts: SheetCounts = { errors: 0, uncomputed: 0, emptyDays: 0 };
  /** The range of cells that the sheet says it has; `null` when it does not say. */
  dimension: string | null = null;
  /** How many ranges of cells are merged; complete at the end. */
  mergedRanges = 0;
  /**
   * Columns that are known to have values. When set, rows whose first and last cells lie within are not taken: of use
   * to find those that reach farther in a fraction of the time.
   */
  knownColumns: { readonly first: number; readonly last: number } | null = null;
  /** Makes the scan stop after the row that was taken. */
  isStopped = false;

  private phase: Phase = 'start';
  private rowNumber = 0;
  private prefix = '';
  private context: CellContext;
  private readonly cells = new RowCells();

  constructor(
    private readonly title: string,
    rules: ValueRules,
    private readonly take: (cells: RowCells) => void,
  ) {
    const { cells, counts } = this;
    this.context = { rules, cells, counts, scratch: new TextBuffer(), prefixBytes: 0 };
  }

  /** Whether the sheet was read to its end. */
  get isWhole(): boolean {
    return this.phase === 'end';
  }

  /**
   * Scans what is complete in `bytes` and returns where the rest begins, which has to come again with more behind it.
   *
   * @throws SyncError `file-unreadable` naming the row, or `text-encoding-invalid`
   */
  scan(bytes: Buffer): number {
    let scanned = 0;
    try {
      if (this.phase === 'start') refuseOtherEncodings(bytes);
      while (!this.isStopped) {
        const next = this.scanMarkup(bytes, scanned, bytes.length);
        if (next === incomplete) break;
        scanned = next;
      }
    } catch (error) {
      if (!(error instanceof MalformedXml)) throw error;
      throw this.broken(error.message, error);
    }
    verifyText(bytes.subarray(0, scanned), this.place());
    return scanned;
  }

  /** A failure that says where in the file it is. */
  broken(what: string, cause?: unknown): SyncError {
    return new SyncError('file-unreadable', `${this.place()}${this.rowNumber === 0 ? '' : ','} ${what}`, {
      cause,
    });
  }

  private place(): string {
    return this.rowNumber === 0 ? this.title : `${this.title}, row ${this.rowNumber}`;
  }

  private scanMarkup(bytes: Buffer, from: number, to: number): number {
    const at = nextMarkup(bytes, from, to);
    if (at === incomplete) return incomplete;
    const kind = markupAt(bytes, at);
    if (kind === 'other') return skipOther(bytes, at, to);
    const end = tagEnd(bytes, at, to);
    if (end === incomplete) return incomplete;
    const name = localName(bytes, at);
    if (kind === 'end') {
      if (this.phase === 'rows' && name === 'sheetData') this.phase = 'after';
      else if (name === 'worksheet') this.endSheet();
      else if (this.phase === 'rows') throw new MalformedXml('ends something that did not begin');
      return end + 1;
    }
    if (this.phase === 'rows' && name === 'row') return this.scanRow(bytes, at, end, to);
    return this.scanOutside(bytes, at, end, to, name);
  }

  private endSheet(): void {
    if (this.phase === 'rows') throw new MalformedXml('ends within its rows');
    this.phase = 'end';
  }

  private scanOutside(bytes: Buffer, at: number, end: number, to: number, name: string): number {
    switch (this.phase) {
      case 'start':
        if (name !== 'worksheet') throw new MalformedXml('is no worksheet');
        this.prefix = prefixOf(bytes, at);
        this.context = { ...this.context, prefixBytes: this.prefix.length };
        this.phase = isSelfClosing(bytes, end) ? 'end' : 'before';
        return end + 1;
      case 'before':
        if (name === 'dimension') this.dimension = attributeOf(bytes, at, end, 'ref');
        if (name !== 'sheetData') return skipElement(bytes, at, to);
        this.phase = isSelfClosing(bytes, end) ? 'after' : 'rows';
        return end + 1;
      case 'after':
        if (name === 'mergeCell') this.mergedRanges++;
        return end + 1;
      default:
        return skipElement(bytes, at, to);
    }
  }

  /** Where a row says its number, which is the next one otherwise. */
  private scanRow(bytes: Buffer, at: number, end: number, to: number): number {
    if (this.knownColumns !== null) {
      const next = skipRowWithin(bytes, end + 1, this.prefix, this.knownColumns);
      if (next !== null) return next;
    }
    const told = Number(attributeOf(bytes, at, end, 'r') ?? this.rowNumber + 1);
    if (!Number.isInteger(told) || told < 1) throw new MalformedXml('is followed by a row without a number');
    const before = { ...this.counts };
    const number = this.rowNumber;
    this.rowNumber = told;
    this.cells.begin(told);
    this.context.scratch.clear();
    const next = isSelfClosing(bytes, end) ? end + 1 : this.scanCells(bytes, end + 1, to);
    if (next === incomplete) {
      // It will come again, as a whole.
      Object.assign(this.counts, before);
      this.rowNumber = number;
      return incomplete;
    }
    if (this.cells.last !== -1) this.take(this.cells);
    return next;
  }

  private scanCells(bytes: Buffer, from: number, to: number): number {
    const { context, prefix } = this;
    const nameOffset = 1 + prefix.length;
    let column = 0;
    let i = from;
    for (;;) {
      while (i < to && bytes[i] !== lessThan) i++;
      if (i + nameOffset + 1 >= to) return incomplete;
      const after = bytes[i + nameOffset + 1];
      if (
        bytes[i + nameOffset] === letterC &&
        (isBlank(after) || after === greaterThan || after === slash) &&
        (prefix === '' || bytes.toString('latin1', i + 1, i + nameOffset) === prefix)
      ) {
        i = scanCell(bytes, i + nameOffset + 1, to, column, context);
        column = scannedColumn + 1;
        if (context.scratch.total > rowTextBytesMax) throw new MalformedXml('has too much text');
      } else if (bytes[i + 1] === slash) {
        const end = tagEnd(bytes, i, to);
        if (end === incomplete) return incomplete;
        if (localName(bytes, i) !== 'row') throw new MalformedXml('ends something that did not begin');
        return end + 1;
      } else {
        i = markupAt(bytes, i) === 'other' ? skipOther(bytes, i, to) : skipElement(bytes, i, to);
      }
      if (i === incomplete) return incomplete;
    }
  }
}
