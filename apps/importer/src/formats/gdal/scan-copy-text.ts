import type { RowSink } from '../row-sink.js';
import type { DumpedKind } from './dump-statements.js';

const tab = 0x09;
const newline = 0x0a;
const backslash = 0x5c;
const slash = 0x2f;
const dash = 0x2d;
const one = 0x31;
const letterN = 0x4e;

const yes = Buffer.from('true');
const no = Buffer.from('false');

/** What a backslash and a letter stand for; any other character stands for itself. */
const escapes = new Map<number, number>(
  [...'b\bf\fn\nr\rt\tv\v'].flatMap((character, index, all) =>
    index % 2 === 0 ? [[character.charCodeAt(0), all[index + 1]!.charCodeAt(0)] as const] : [],
  ),
);

/**
 * Feeds rows in PostgreSQL's text format of COPY (its documentation, COPY, "Text Format") to a sink: complete lines
 * only, each with a field for every one of `kinds`. NULL is an empty field, empty text a quoted one.
 *
 * Yes and no come as 1 and 0 and go on as words, dates with slashes and go on with dashes, in place.
 * Returns the number of rows; the first is row `firstRow`.
 */
export function scanCopyText(
  bytes: Buffer,
  kinds: readonly DumpedKind[],
  sink: RowSink,
  firstRow: number,
): number {
  let rows = 0;
  let column = 0;
  let start = 0;
  let escaped = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === backslash) {
      escaped = true;
      // What follows is no separator, whatever it is.
      i++;
    } else if (byte === tab || byte === newline) {
      if (escaped) feedEscaped(bytes, start, i, sink);
      else feedPlain(bytes, start, i, kinds[column]!, sink);
      column++;
      start = i + 1;
      escaped = false;
      if (byte === newline) {
        sink.endRow(firstRow + rows);
        rows++;
        column = 0;
      }
    }
  }
  return rows;
}

function feedPlain(bytes: Buffer, start: number, end: number, kind: DumpedKind, sink: RowSink): void {
  if (kind === 'boolean' && end - start === 1) {
    const word = bytes[start] === one ? yes : no;
    sink.field(word, 0, word.length, false);
    return;
  }
  if (kind === 'time' && end - start >= 10 && bytes[start + 4] === slash) {
    bytes[start + 4] = dash;
    bytes[start + 7] = dash;
  }
  sink.field(bytes, start, end, start === end);
}

function feedEscaped(bytes: Buffer, start: number, end: number, sink: RowSink): void {
  if (end - start === 2 && bytes[start + 1] === letterN) {
    sink.field(bytes, start, start, false);
    return;
  }
  const text = Buffer.allocUnsafe(end - start);
  let length = 0;
  for (let i = start; i < end; i++) {
    let byte = bytes[i]!;
    if (byte === backslash) {
      byte = bytes[++i]!;
      byte = escapes.get(byte) ?? byte;
    }
    text[length++] = byte;
  }
  sink.field(text, 0, length, length === 0);
}
