import type { RejectReason } from '@tidetable/contracts';

/**
 * Takes the fields of a table row by row, as bytes of UTF-8 text, without a string being made of them.
 * `bytes` is only valid during the call.
 */
export interface RowSink {
  /** The next field of the current row. `quoted` tells an empty string from nothing, where the format can. */
  field(bytes: Buffer, start: number, end: number, quoted: boolean): void;
  /** The current row is complete. `line` is the line, or row, of the file on which it began, from 1. */
  endRow(line: number): void;
  /** Forgets the fields given since the last complete row: they will be given again. */
  abandonRow(): void;
  /**
   * The row that began on `line` cannot be taken into the table, for `reason`; it is counted, and kept as it stands in
   * the file: `bytes[start..end)`. None of its fields may have been given, since every value that is given has a say in
   * what type its column has.
   */
  rejectRow(line: number, reason: RejectReason, bytes: Buffer, start: number, end: number): void;
}
