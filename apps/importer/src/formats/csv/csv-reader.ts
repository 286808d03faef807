import { SyncError } from '@tidetable/contracts';
import type { RowSink } from '../row-sink.js';
import type { OpenableFile, TableReader } from '../table-reader.js';
import { detectDelimiter } from './detect-delimiter.js';
import { isHeader } from './detect-header.js';
import { readRows, type RowsPlace } from './read-rows.js';
import type { ScanPosition } from './record-form.js';
import { scanRecords } from './scan-records.js';

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** How a particular CSV file is written, and where its rows begin. */
interface Dialect extends RowsPlace {
  readonly headers: (string | null)[];
}

/**
 * Opens a CSV file, of any of the usual delimiters, that is UTF-8, with or without byte order mark, or was made so.
 *
 * @throws SyncError `file-empty`, `file-without-rows` or `csv-malformed`
 */
export function openCsv(file: OpenableFile): TableReader {
  const { head, isWhole: atEnd } = file;
  const dialect = detectDialect(head, atEnd);

  return {
    columns: dialect.headers.map((header) => ({ header, type: null })),
    readSample: (sink) => {
      const position = { line: dialect.rowsLine };
      scanRecords(head, dialect.rowsOffset, head.length, atEnd, dialect.form, sink, position);
    },
    read: (sink, pause) => readRows(file, dialect, sink, pause),
  };
}

function detectDialect(head: Buffer, atEnd: boolean): Dialect {
  const start = head.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  const delimiter = detectDelimiter(head.subarray(start), atEnd);
  const first = readFirstRecord(head, start, atEnd, delimiter);
  if (first === null) {
    if (atEnd) throw new SyncError('file-empty');
    throw new SyncError('csv-malformed', 'the first record does not end within a megabyte');
  }
  const form = { delimiter, columns: first.fields.length };
  if (!isHeader(first.fields)) {
    return { form, headers: first.fields.map(() => null), rowsOffset: start, rowsLine: 1 };
  }
  if (atEnd && isBlank(head, first.end)) throw new SyncError('file-without-rows');
  const headers = first.fields.map((field) => (field.trim() === '' ? null : field.trim()));
  return { form, headers, rowsOffset: first.end, rowsLine: first.nextLine };
}

/** The record that begins the file, as text; `null` when there is none or it is not complete. */
function readFirstRecord(
  head: Buffer,
  from: number,
  atEnd: boolean,
  delimiter: number,
): { fields: string[]; end: number; nextLine: number } | null {
  const fields: string[] = [];
  const position: ScanPosition = { line: 1 };
  const sink: RowSink = {
    field: (bytes, fieldStart, fieldEnd) => fields.push(bytes.toString('utf8', fieldStart, fieldEnd)),
    endRow: () => undefined,
    abandonRow: () => undefined,
    rejectRow: (line, reason) => {
      throw new SyncError('csv-malformed', `the header on line ${line} cannot be read: ${reason}`);
    },
  };
  const end = scanRecords(head, from, head.length, atEnd, { delimiter, columns: 0 }, sink, position, 1);
  return fields.length > 0 ? { fields, end, nextLine: position.line } : null;
}

function isBlank(head: Buffer, from: number): boolean {
  return head.subarray(from).every((byte) => byte === 0x0a || byte === 0x0d);
}
