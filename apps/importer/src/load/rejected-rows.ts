import type { RejectReason } from '@tidetable/contracts';

/** A row of a file that is not in the table. */
export interface RejectedRow {
  /** The line, or row, of the file on which it began, from 1. */
  readonly line: number;
  readonly reason: RejectReason;
  /** The row as it stands in the file, at most its first kilobytes. */
  readonly content: string;
}

/** So many are kept of one run; all are counted. */
const keptMax = 1_000;
/** So much is kept of one row, in bytes. */
const contentBytesMax = 4_096;

/** Counts the rows that could not be taken into a table, and keeps the first ones. */
export class RejectedRows {
  count = 0;
  kept: RejectedRow[] = [];

  take(line: number, reason: RejectReason, bytes: Buffer, start: number, end: number): void {
    this.count++;
    if (this.kept.length === keptMax) return;
    this.kept.push({ line, reason, content: textOf(bytes, start, end) });
  }

  /** Forgets all: the file is read from its beginning. */
  clear(): void {
    this.count = 0;
    this.kept = [];
  }
}

/** Text that a database takes, cut between characters. */
function textOf(bytes: Buffer, start: number, end: number): string {
  let cutEnd = Math.min(end, start + contentBytesMax);
  if (cutEnd < end) while (cutEnd > start && (bytes[cutEnd]! & 0xc0) === 0x80) cutEnd--;
  return bytes.toString('utf8', start, cutEnd).replaceAll('\0', '\ufffd');
}
