import type { RejectReason } from '@tidetable/contracts';
import type { RowSink } from '../row-sink.js';
import type { ReaderColumn } from '../table-reader.js';
import { ColumnKeys } from './column-keys.js';
import { type Items, untypedColumn } from './items.js';
import type { RowCells } from './row-cells.js';
import { braceOpen, skipValue } from './scan-json.js';
import { scanMembers } from './scan-members.js';

/** Items whose members are the columns. */
export class ObjectItems implements Items {
  problem: RejectReason | null = null;
  private readonly keys = new ColumnKeys();
  private known = 0;

  constructor(private readonly cells: RowCells) {}

  scan(bytes: Buffer, at: number, to: number): number {
    const { cells } = this;
    cells.clear();
    const isObject = bytes[at] === braceOpen;
    const end = isObject ? scanMembers(bytes, at, to, this.keys, cells, 0) : skipValue(bytes, at, to);
    this.problem = isObject ? cells.problem() : 'json-no-object';
    return end;
  }

  feed(bytes: Buffer, sink: RowSink): void {
    this.cells.feed(bytes, 0, this.known, sink);
  }

  columns(): ReaderColumn[] {
    this.known = this.keys.names.length;
    return this.keys.names.map(untypedColumn);
  }

  hasGrown(): boolean {
    return this.keys.names.length > this.known;
  }
}
