import { SyncError } from '@tidetable/contracts';
import type { RowSink } from '../row-sink.js';

const quote = 0x22;
const lf = 0x0a;
const cr = 0x0d;
const space = 0x20;

/** Where a scan stands in the file; one object is kept through all chunks. */
export interface ScanPosition {
  /** The line on which the next record begins, from 1. Any of LF, CRLF and CR ends a line. */
  line: number;
}

/** Holds the contents of a quoted field from which doubled quotes were taken. Grows to the largest needed. */
let unescaped = Buffer.allocUnsafe(4096);

/**
 * Scans the complete records in `bytes[from..to)` into `sink` and returns where the first incomplete one begins.
 * With `atEnd` the input ends at `to`, so the last record is complete without a line end. At most `recordsMax`
 * records are scanned.
 *
 * RFC 4180 with every line end, and blank lines skipped. A quote inside an unquoted field stands for itself.
 * Works on bytes: UTF-8 never uses the bytes of delimiter, quote and line end for anything else.
 *
 * @throws SyncError `csv-malformed` naming the line
 */
export function scanRecords(
  bytes: Buffer,
  from: number,
  to: number,
  atEnd: boolean,
  delimiter: number,
  sink: RowSink,
  position: ScanPosition,
  recordsMax = Infinity,
): number {
  let i = from;
  let line = position.line;
  let records = 0;

  while (i < to && records < recordsMax) {
    const recordStart = i;
    const recordLine = line;
    let c = bytes[i]!;
    if (c === lf) {
      line++;
      i++;
      continue;
    }
    if (c === cr) {
      if (i + 1 === to && !atEnd) break;
      i += bytes[i + 1] === lf && i + 1 < to ? 2 : 1;
      line++;
      continue;
    }

    let complete = false;
    for (;;) {
      // At the beginning of a field.
      if (i < to && bytes[i] === quote) {
        const fieldStart = ++i;
        let doubled = 0;
        for (; i < to; i++) {
          c = bytes[i]!;
          if (c === quote) {
            if (i + 1 < to && bytes[i + 1] === quote) {
              doubled++;
              i++;
            } else break;
          } else if (c === lf) line++;
          else if (c === cr && bytes[i + 1] !== lf) line++;
        }
        if (i >= to) {
          if (!atEnd) break;
          throw new SyncError(
            'csv-malformed',
            `a quote opened in the record of line ${recordLine} is never closed`,
          );
        }
        // The byte after a quote decides whether it closes the field, so it must be here.
        if (i + 1 === to && !atEnd) break;
        const fieldEnd = i++;
        if (doubled === 0) sink.field(bytes, fieldStart, fieldEnd, true);
        else sink.field(unescaped, 0, unescape(bytes, fieldStart, fieldEnd), true);
        while (i < to && bytes[i] === space && delimiter !== space) i++;
        if (i === to && !atEnd) break;
        if (i < to && bytes[i] !== delimiter && bytes[i] !== lf && bytes[i] !== cr) {
          throw new SyncError('csv-malformed', `line ${line} has text after a closing quote`);
        }
      } else {
        const fieldStart = i;
        while (i < to && (c = bytes[i]!) !== delimiter && c !== lf && c !== cr) i++;
        if (i === to && !atEnd) break;
        sink.field(bytes, fieldStart, i, false);
      }

      // At a delimiter, a line end, or the end of the input.
      if (i === to) {
        complete = true;
        break;
      }
      c = bytes[i]!;
      if (c === delimiter) {
        i++;
        continue;
      }
      if (c === cr && i + 1 === to && !atEnd) break;
      i += c === cr && i + 1 < to && bytes[i + 1] === lf ? 2 : 1;
      line++;
      complete = true;
      break;
    }

    if (!complete) {
      sink.abandonRow();
      position.line = recordLine;
      return recordStart;
    }
    sink.endRow(recordLine);
    records++;
  }
  position.line = line;
  return i;
}

/** Copies a quoted field into `unescaped` with each doubled quote single; returns its length. */
function unescape(bytes: Buffer, start: number, end: number): number {
  if (unescaped.length < end - start) unescaped = Buffer.allocUnsafe(2 * (end - start));
  let length = 0;
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    unescaped[length++] = c;
    if (c === quote) i++;
  }
  return length;
}
