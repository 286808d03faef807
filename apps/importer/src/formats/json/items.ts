import type { RejectReason } from '@tidetable/contracts';
import type { RowSink } from '../row-sink.js';
import type { ReaderColumn } from '../table-reader.js';

/** Makes rows of the items of a file, and learns on the way what columns they have. */
export interface Items {
  /** Scans an item, from its first byte, and returns its end, or `incomplete`. */
  scan(bytes: Buffer, at: number, to: number): number;
  /** Why the item that was scanned last is no row; `null` when it is one. */
  readonly problem: RejectReason | null;
  /** Hands on the row that was scanned last, with the columns that `columns` told last. */
  feed(bytes: Buffer, sink: RowSink): void;
  /** The columns of all items that were scanned. */
  columns(): ReaderColumn[];
  /** Whether an item had a column that `columns` did not tell when it was called last. */
  hasGrown(): boolean;
}

/** A column whose values tell its type. */
export function untypedColumn(header: string | null): ReaderColumn {
  return { header, type: null };
}
