import type { RejectReason } from '@tidetable/contracts';
import { isHeader } from '../csv/detect-header.js';
import type { RowSink } from '../row-sink.js';
import type { ReaderColumn } from '../table-reader.js';
import { type Items, untypedColumn } from './items.js';
import type { RowCells } from './row-cells.js';
import { bracketOpen, skipValue } from './scan-json.js';
import { scanElements } from './scan-members.js';

/** Items whose elements are the columns, in order. */
export class ArrayItems implements Items {
  problem: RejectReason | null = null;
  private width = 0;
  private known = 0;
  private header: readonly (string | null)[] = [];

  constructor(private readonly cells: RowCells) {}

  scan(bytes: Buffer, at: number, to: number): number {
    const { cells } = this;
    cells.clear();
    const isArray = bytes[at] === bracketOpen;
    const end = isArray ? scanElements(bytes, at, to, cells) : skipValue(bytes, at, to);
    this.problem = isArray ? cells.problem() : 'json-no-array';
    if (end > 0 && isArray) this.width = Math.max(this.width, cells.width);
    return end;
  }

  /** Takes an item for the header if it can be one: nothing but texts, of which none is a number. */
  takeHeader(item: string): boolean {
    const fields = JSON.parse(item) as unknown[];
    const names = fields.filter((field) => typeof field === 'string');
    if (names.length < fields.length || !isHeader(names)) return false;
    this.header = names.map((name) => (name.trim() === '' ? null : name.trim().replaceAll('\0', '\ufffd')));
    return true;
  }

  feed(bytes: Buffer, sink: RowSink): void {
    this.cells.feed(bytes, 0, this.known, sink);
  }

  columns(): ReaderColumn[] {
    this.known = Math.max(this.width, this.header.length);
    return Array.from({ length: this.known }, (_, column) => untypedColumn(this.header[column] ?? null));
  }

  hasGrown(): boolean {
    return this.width > this.known;
  }
}
