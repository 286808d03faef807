import { SyncError } from '@tidetable/contracts';
import type { RowSink } from '../row-sink.js';
import type { OpenableFile, TableReader } from '../table-reader.js';
import { detectDelimiter } from './detect-delimiter.js';
import { isHeader } from './detect-header.js';
import { scanRecords, type ScanPosition } from './scan-records.js';

/** A record longer than this is far more likely a quote that was never closed, and would not fit in memory. */
const recordBytesMax = 32 * 1024 * 1024;

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** How a particular CSV file is written, and where its rows begin. */
interface Dialect {
  delimiter: number;
  headers: (string | null)[];
  /** The offset of the first row, after byte order mark and header. */
  rowsOffset: number;
  rowsLine: number;
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
      scanRecords(head, dialect.rowsOffset, head.length, atEnd, dialect.delimiter, sink, position);
    },
    read: (sink, pause) => readRows(file, dialect, sink, pause),
  };
}

function detectDialect(head: Buffer, atEnd: boolean): Dialect {
  const start = head.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  const delimiter = detectDelimiter(head.subarray(start), atEnd);
  const first = readRecord(head, start, atEnd, delimiter, 1);
  if (first === null) {
    if (atEnd) throw new SyncError('file-empty');
    throw new SyncError('csv-malformed', 'the first record does not end within a megabyte');
  }
  if (!isHeader(first.fields)) {
    return { delimiter, headers: first.fields.map(() => null), rowsOffset: start, rowsLine: 1 };
  }
  if (atEnd && readRecord(head, first.end, atEnd, delimiter, first.nextLine) === null) {
    throw new SyncError('file-without-rows');
  }
  const headers = first.fields.map((field) => (field.trim() === '' ? null : field.trim()));
  return { delimiter, headers, rowsOffset: first.end, rowsLine: first.nextLine };
}

/** The record that begins at `from`, as text; `null` when there is none or it is not complete. */
function readRecord(
  head: Buffer,
  from: number,
  atEnd: boolean,
  delimiter: number,
  line: number,
): { fields: string[]; end: number; nextLine: number } | null {
  let fields: string[] = [];
  let complete = false;
  const position: ScanPosition = { line };
  const sink: RowSink = {
    field: (bytes, fieldStart, fieldEnd) => fields.push(bytes.toString('utf8', fieldStart, fieldEnd)),
    endRow: () => (complete = true),
    abandonRow: () => (fields = []),
  };
  const end = scanRecords(head, from, head.length, atEnd, delimiter, sink, position, 1);
  return complete ? { fields, end, nextLine: position.line } : null;
}

async function readRows(
  file: OpenableFile,
  dialect: Dialect,
  sink: RowSink,
  pause: () => Promise<void>,
): Promise<void> {
  const position: ScanPosition = { line: dialect.rowsLine };
  /** What no row was made of yet. */
  let rest: Buffer[] = [];
  let restBytes = 0;
  /** Scanning waits for so much, so that a long record is not scanned again with every chunk of it. */
  let enoughBytes = 0;
  let skip = dialect.rowsOffset;

  const scan = (chunk: Buffer, atEnd: boolean): void => {
    const rows = chunk.subarray(Math.min(skip, chunk.length));
    skip -= chunk.length - rows.length;
    rest.push(rows);
    restBytes += rows.length;
    if (restBytes < enoughBytes && !atEnd) return;

    const bytes = rest.length === 1 ? rows : Buffer.concat(rest);
    const scanned = scanRecords(bytes, 0, bytes.length, atEnd, dialect.delimiter, sink, position);
    restBytes = bytes.length - scanned;
    rest = restBytes === 0 ? [] : [bytes.subarray(scanned)];
    enoughBytes = scanned === 0 ? Math.min(2 * restBytes, recordBytesMax + 1) : 0;
    if (restBytes > recordBytesMax) {
      throw new SyncError(
        'csv-malformed',
        `the record that begins on line ${position.line} does not end within 32 MiB; a quote may be missing`,
      );
    }
  };

  for await (const chunk of await file.open()) {
    scan(chunk, false);
    await pause();
  }
  scan(Buffer.alloc(0), true);
  await pause();
}
