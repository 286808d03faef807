import type { RowSink } from '../row-sink.js';
import { feedRecord, lineEndsParsed, needsMore, parseRecord } from './parse-record.js';
import type { RecordForm, ScanPosition } from './record-form.js';
import { rejectMalformed, rejectRecord } from './reject-record.js';

const lf = 0x0a;
const cr = 0x0d;

/**
 * Scans the complete records in `bytes[from..to)` into `sink` and returns where the first incomplete one begins.
 * With `atEnd` the input ends at `to`, so the last record is complete without a line end. At most `recordsMax`
 * records are scanned.
 *
 * RFC 4180 with every line end, and blank lines skipped. A quote inside an unquoted field stands for itself.
 * Works on bytes: UTF-8 never uses the bytes of delimiter, quote and line end for anything else.
 *
 * A record that is not well-formed, or has too many fields, is rejected as a whole, and the scan goes on behind it.
 *
 * @throws SyncError `csv-malformed` naming the line, when a quote is not closed until the file ends
 */
export function scanRecords(
  bytes: Buffer,
  from: number,
  to: number,
  atEnd: boolean,
  form: RecordForm,
  sink: RowSink,
  position: ScanPosition,
  recordsMax = Infinity,
): number {
  const { delimiter, columns } = form;
  let i = from;
  for (let records = 0; i < to && records < recordsMax;) {
    const c = bytes[i];
    if (c === lf || c === cr) {
      if (c === cr && i + 1 === to && !atEnd) break;
      i += c === cr && i + 1 < to && bytes[i + 1] === lf ? 2 : 1;
      position.line++;
      continue;
    }
    let end = parseRecord(bytes, i, to, atEnd, delimiter);
    if (end === needsMore) break;
    if (end < i) {
      end = rejectMalformed(bytes, i, to, atEnd, end, form, sink, position);
      if (end === i) break;
    } else if (feedRecord(bytes, columns, position.line, sink)) position.line += lineEndsParsed();
    else rejectRecord(bytes, i, end, lineEndsParsed(), 'fields-too-many', sink, position);
    i = end;
    records++;
  }
  return i;
}
