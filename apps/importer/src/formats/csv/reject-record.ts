import { type RejectReason, SyncError } from '@tidetable/contracts';
import type { RowSink } from '../row-sink.js';
import {
  fieldsParsed,
  hasStrayQuote,
  hasOpenQuote,
  hasTextAfterQuote,
  lineEndsParsed,
  parseRecord,
  problemParsed,
} from './parse-record.js';
import type { RecordForm, ScanPosition } from './record-form.js';

const lf = 0x0a;
const cr = 0x0d;

/** Where a quote seems forgotten, so many of the lines after it are looked at to see whether they are rows. */
const linesTried = 5;
/** How much may be read twice in one file since quotes were forgotten, in bytes: a bound on the work. */
const readAgainBytesMax = 256 * 1024 * 1024;

/**
 * Rejects the record at `from`, which is not well-formed, and returns where the scan goes on; `from` when more bytes are
 * needed to tell. `problem` is what `parseRecord` made of it.
 *
 * A record of one line goes as a whole. In one of several lines it may be that only a quote was not closed, in its first
 * line: when the lines after that are whole rows, each by itself, the first line alone is rejected and they are read
 * again. So it is too when a quote is open at the end of the file. Where what follows does not look like rows, the
 * file was probably cut off within a value, and half a file must not become the table.
 *
 * @throws SyncError `csv-malformed` in that last case
 */
export function rejectMalformed(
  bytes: Buffer,
  from: number,
  to: number,
  atEnd: boolean,
  problem: number,
  form: RecordForm,
  sink: RowSink,
  position: ScanPosition,
): number {
  if (problem === hasTextAfterQuote) {
    const lineEnds = lineEndsParsed();
    const problemAt = problemParsed();
    const end = findLineEnd(bytes, problemAt, to, atEnd);
    if (end === -1) return from;
    const firstEnd = lineEnds === 0 ? end : findLineEnd(bytes, from, to, atEnd);
    // The last line may be the beginning of a row of several lines; it counts where there is no other.
    const lastStart = findLineStart(bytes, problemAt, firstEnd);
    if (firstEnd < end && areWholeRows(bytes, firstEnd, lastStart > firstEnd ? lastStart : end, form)) {
      return rejectFirstLine(bytes, from, firstEnd, end, sink, position);
    }
    return rejectRecord(bytes, from, end, lineEnds + 1, 'text-after-quote', sink, position);
  }
  if (problem !== hasOpenQuote) return from;
  const firstEnd = findLineEnd(bytes, from, to, true);
  if (!areWholeRows(bytes, firstEnd, to, form)) {
    throw new SyncError(
      'csv-malformed',
      `a quote opened in the record of line ${position.line} is never closed`,
    );
  }
  return rejectFirstLine(bytes, from, firstEnd, to, sink, position);
}

/** Rejects the record in `bytes[from..end)`, which has so many line ends, and returns its end. */
export function rejectRecord(
  bytes: Buffer,
  from: number,
  end: number,
  lineEnds: number,
  reason: RejectReason,
  sink: RowSink,
  position: ScanPosition,
): number {
  let contentEnd = end;
  while (contentEnd > from && (bytes[contentEnd - 1] === lf || bytes[contentEnd - 1] === cr)) contentEnd--;
  sink.rejectRow(position.line, reason, bytes, from, contentEnd);
  position.line += lineEnds;
  return end;
}

function rejectFirstLine(
  bytes: Buffer,
  from: number,
  firstEnd: number,
  readTo: number,
  sink: RowSink,
  position: ScanPosition,
): number {
  position.readAgainBytes = (position.readAgainBytes ?? 0) + readTo - firstEnd;
  if (position.readAgainBytes > readAgainBytesMax) {
    throw new SyncError(
      'csv-malformed',
      `too many quotes are not closed; one of them on line ${position.line}`,
    );
  }
  return rejectRecord(bytes, from, firstEnd, 1, 'quote-not-closed', sink, position);
}

/** The offset behind the next line end; -1 when it is not known yet. */
function findLineEnd(bytes: Buffer, from: number, to: number, atEnd: boolean): number {
  let i = from;
  while (i < to && bytes[i] !== lf && bytes[i] !== cr) i++;
  if (i === to) return atEnd ? to : -1;
  if (bytes[i] === lf) return i + 1;
  if (i + 1 === to) return atEnd ? to : -1;
  return bytes[i + 1] === lf ? i + 2 : i + 1;
}

/** The offset at which the line of `at` begins, not before `from`. */
function findLineStart(bytes: Buffer, at: number, from: number): number {
  let i = at;
  while (i > from && bytes[i - 1] !== lf && bytes[i - 1] !== cr) i--;
  return i;
}

/**
 * Whether the first lines in a range are rows with as many fields as there are columns, and no quotes but around them:
 * chance does not make such lines.
 */
function areWholeRows(bytes: Buffer, from: number, to: number, { delimiter, columns }: RecordForm): boolean {
  if (columns < 2) return false;
  let rows = 0;
  for (let i = from; i < to && rows < linesTried;) {
    const end = findLineEnd(bytes, i, to, true);
    const isBlank = bytes[i] === lf || bytes[i] === cr;
    if (!isBlank) {
      if (parseRecord(bytes, i, end, true, delimiter) !== end) return false;
      if (fieldsParsed() !== columns || hasStrayQuote(bytes)) return false;
      rows++;
    }
    i = end;
  }
  return rows > 0;
}

/**
 * Rejects the beginning of a record, all of `bytes`, that is too long to be waited for. Returns where the scan goes on,
 * or -1 when that is behind the next line end, which is still to come.
 *
 * @throws SyncError `csv-malformed` when it goes over several lines that do not look like rows themselves
 */
export function rejectOverlong(
  bytes: Buffer,
  form: RecordForm,
  sink: RowSink,
  position: ScanPosition,
): number {
  const problem = parseRecord(bytes, 0, bytes.length, true, form.delimiter);
  const lineEnds = lineEndsParsed();
  if (problem !== hasOpenQuote || lineEnds === 0) {
    rejectRecord(bytes, 0, bytes.length, lineEnds, 'row-too-long', sink, position);
    return -1;
  }
  const firstEnd = findLineEnd(bytes, 0, bytes.length, true);
  if (!areWholeRows(bytes, firstEnd, bytes.length, form)) {
    throw new SyncError(
      'csv-malformed',
      `the record that begins on line ${position.line} does not end within 32 MiB; a quote may be missing`,
    );
  }
  return rejectFirstLine(bytes, 0, firstEnd, bytes.length, sink, position);
}
