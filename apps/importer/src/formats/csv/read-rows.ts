import type { RowSink } from '../row-sink.js';
import type { OpenableFile } from '../table-reader.js';
import { rejectOverlong } from './reject-record.js';
import type { RecordForm, ScanPosition } from './record-form.js';
import { scanRecords } from './scan-records.js';

const lf = 0x0a;
const cr = 0x0d;

/** A record longer than this is far more likely a quote that was never closed, and would not fit in memory. */
const recordBytesMax = 32 * 1024 * 1024;

/** So much is scanned between two pauses: a row can stand for far more bytes than it has, such as the area of a country. */
const sliceBytes = 32 * 1024;

/** Where the rows of a CSV file are, and how they are written. */
export interface RowsPlace {
  readonly form: RecordForm;
  /** The offset of the first row, after byte order mark and header. */
  readonly rowsOffset: number;
  readonly rowsLine: number;
}

/** Feeds the rows of a CSV file to a sink, chunk by chunk. @throws SyncError `csv-malformed` */
export async function readRows(
  file: OpenableFile,
  place: RowsPlace,
  sink: RowSink,
  pause: () => Promise<void>,
): Promise<void> {
  const scanner = new ChunkScanner(place, sink);
  for await (const chunk of await file.open()) {
    for (let at = 0; at < chunk.length; at += sliceBytes) {
      scanner.scan(chunk.subarray(at, at + sliceBytes), false);
      await pause();
    }
  }
  scanner.scan(Buffer.alloc(0), true);
  await pause();
}

/** Scans a file that comes in chunks; holds what no row was made of yet. */
class ChunkScanner {
  private readonly form: RecordForm;
  private readonly position: ScanPosition;
  private rest: Buffer[] = [];
  private restBytes = 0;
  /** Scanning waits for so much, so that a long record is not scanned again with every chunk of it. */
  private enoughBytes = 0;
  private skipBytes: number;
  /** Within a line that was rejected before its end came. */
  private isInRejectedLine = false;

  constructor(
    { form, rowsOffset, rowsLine }: RowsPlace,
    private readonly sink: RowSink,
  ) {
    this.form = form;
    this.position = { line: rowsLine };
    this.skipBytes = rowsOffset;
  }

  scan(chunk: Buffer, atEnd: boolean): void {
    let rows = chunk.subarray(Math.min(this.skipBytes, chunk.length));
    this.skipBytes -= chunk.length - rows.length;
    if (this.isInRejectedLine) rows = this.skipLine(rows);
    this.rest.push(rows);
    this.restBytes += rows.length;
    if (this.restBytes < this.enoughBytes && !atEnd) return;

    const bytes = this.rest.length === 1 ? rows : Buffer.concat(this.rest);
    let at = scanRecords(bytes, 0, bytes.length, atEnd, this.form, this.sink, this.position);
    while (bytes.length - at > recordBytesMax) at = this.giveUpRecord(bytes, at);
    this.restBytes = bytes.length - at;
    this.rest = this.restBytes === 0 ? [] : [bytes.subarray(at)];
    this.enoughBytes = at === 0 ? Math.min(2 * this.restBytes, recordBytesMax + 1) : 0;
  }

  /** Rejects the record at `at`, which does not end within the longest length, and goes on behind it. */
  private giveUpRecord(bytes: Buffer, at: number): number {
    const end = rejectOverlong(bytes.subarray(at), this.form, this.sink, this.position);
    if (end === -1) {
      this.isInRejectedLine = true;
      return bytes.length;
    }
    return scanRecords(bytes, at + end, bytes.length, false, this.form, this.sink, this.position);
  }

  /** What follows the end of the rejected line; nothing while it has not come. */
  private skipLine(bytes: Buffer): Buffer {
    let end = 0;
    while (end < bytes.length && bytes[end] !== lf && bytes[end] !== cr) end++;
    if (end < bytes.length) this.isInRejectedLine = false;
    return bytes.subarray(end);
  }
}
