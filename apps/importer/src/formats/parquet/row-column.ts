import type { RejectReason } from '@tidetable/contracts';

/** No row may be longer, as in all formats. */
export const rowBytesMax = 32 * 1024 * 1024;

/** A column of the table, row by row. Where a value lies is valid until the next row. */
export interface RowColumn {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly isNull: boolean;
  /** Whether the value is text, so that one without a character is no nothing. */
  readonly isText: boolean;
  /** Why the row cannot be taken, by this value. */
  readonly problem: RejectReason | null;
  /** Whether the value is longer than any row may be, and not whole. */
  readonly isTooLong: boolean;
  /** Goes to the next row. @throws an Error of any kind when it is damaged, SyncError */
  advance(): void;
}
