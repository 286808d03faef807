import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import type { RowSink } from '../row-sink.js';
import { scanRecords } from './scan-records.js';

interface Row {
  line: number;
  fields: string[];
}

/** Collects rows; a quoted field is told from an unquoted one by guillemets. */
class RowCollector implements RowSink {
  readonly rows: Row[] = [];
  private fields: string[] = [];

  field(bytes: Buffer, start: number, end: number, quoted: boolean): void {
    const text = bytes.toString('utf8', start, end);
    this.fields.push(quoted ? `«${text}»` : text);
  }

  endRow(line: number): void {
    this.rows.push({ line, fields: this.fields });
    this.fields = [];
  }

  abandonRow(): void {
    this.fields = [];
  }
}

/** Scans pieces as they would arrive one after the other, each with what the one before left. */
function scanPieces(pieces: readonly Buffer[], delimiter = ','): Row[] {
  const collector = new RowCollector();
  const position = { line: 1 };
  let rest: Buffer = Buffer.alloc(0);
  for (const piece of [...pieces, null]) {
    const bytes = piece === null ? rest : Buffer.concat([rest, piece]);
    const end = scanRecords(
      bytes,
      0,
      bytes.length,
      piece === null,
      delimiter.charCodeAt(0),
      collector,
      position,
    );
    rest = bytes.subarray(end);
  }
  return collector.rows;
}

const scan = (text: string, delimiter?: string): Row[] => scanPieces([Buffer.from(text)], delimiter);
const fieldsOf = (text: string, delimiter?: string): string[][] =>
  scan(text, delimiter).map((row) => row.fields);

function failureOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SyncError) return error.message;
    throw error;
  }
  return 'none';
}

describe('scanRecords', () => {
  it.each<[string, string, string[][]]>([
    [
      'LF',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'CRLF',
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'CR',
      'a,b\rc,d\r',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['a mixture of line ends', 'a\nb\r\nc\rd', [['a'], ['b'], ['c'], ['d']]],
    [
      'no line end after the last record',
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['a CR as the last byte', 'a\r', [['a']]],
    [
      'empty fields',
      ',\n,,\n',
      [
        ['', ''],
        ['', '', ''],
      ],
    ],
    ['a delimiter as the last byte', 'a,', [['a', '']]],
    ['blank lines, which are no records', '\n\r\n\ra\n\n\nb\r\r\n\n', [['a'], ['b']]],
    ['nothing', '', []],
    ['quotes around fields', '"a","b"\n', [['«a»', '«b»']]],
    ['delimiters in quotes', '"a,b",c\n', [['«a,b»', 'c']]],
    ['doubled quotes', '"say ""hi""",""""\n', [['«say "hi"»', '«"»']]],
    ['empty quotes', '"",\n""', [['«»', ''], ['«»']]],
    ['line ends in quotes, kept as they are', '"a\nb\r\nc\rd"\n', [['«a\nb\r\nc\rd»']]],
    ['blanks after a closing quote', '"a"  ,"b" \n', [['«a»', '«b»']]],
    ['quotes inside unquoted fields', 'a"b,5"\n', [['a"b', '5"']]],
    ['quotes after a blank, which do not open a field', ' "a"\n', [[' "a"']]],
    ['characters of several bytes', 'ä,"€",😀\n', [['ä', '«€»', '😀']]],
  ])('scans %s', (_name, text, rows) => {
    expect(fieldsOf(text)).toEqual(rows);
  });

  it.each([';', '\t', '|'])('splits at %j and leaves commas alone', (delimiter) => {
    expect(fieldsOf(`a,b${delimiter}"c${delimiter}d"\n`, delimiter)).toEqual([['a,b', `«c${delimiter}d»`]]);
  });

  it.each<[string, string, number[]]>([
    ['each kind of line end once', 'a\nb\r\nc\rd', [1, 2, 3, 4]],
    ['blank lines', '\n\na\n\r\nb\n', [3, 5]],
    ['line ends within quotes', '"1\n2\r\n3\r4"\n"5"\n6', [1, 5, 6]],
  ])('numbers lines counting %s', (_name, text, lines) => {
    expect(scan(text).map((row) => row.line)).toEqual(lines);
  });

  it.each<[string, string, string]>([
    ['an open quote', 'a\nb,"c\nd', 'csv-malformed: a quote opened in the record of line 2 is never closed'],
    [
      'an open quote at the very end',
      'a,"',
      'csv-malformed: a quote opened in the record of line 1 is never closed',
    ],
    ['text after a closing quote', 'a\n"b"c\n', 'csv-malformed: line 2 has text after a closing quote'],
    ['text after a quoted line end', '"a\r\nb\n"c\n', 'csv-malformed: line 3 has text after a closing quote'],
    ['a quote after a blank', '"a" "b"\n', 'csv-malformed: line 1 has text after a closing quote'],
  ])('refuses %s and names the line', (_name, text, failure) => {
    expect(failureOf(() => scan(text))).toBe(failure);
    // Cut anywhere, the failure is the same.
    const bytes = Buffer.from(text);
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(failureOf(() => scanPieces([bytes.subarray(0, cut), bytes.subarray(cut)]))).toBe(failure);
    }
  });

  const nasty = Buffer.from(
    'id,näme\r\n\r\n1,"a ""q"" b"\r2,"multi\r\nline\rand\nmore"\n\n3,x"y\r\n"","" ,\n€,"😀"" "\r\r\n4,"",\r\n"last ""one""', // prettier-ignore
  );
  const closed = Buffer.concat([nasty, Buffer.from('"')]);

  it('gives the same rows wherever a file is cut in two', () => {
    const whole = scanPieces([closed]);
    expect(whole).toHaveLength(8);
    for (let cut = 0; cut <= closed.length; cut++) {
      expect(scanPieces([closed.subarray(0, cut), closed.subarray(cut)])).toEqual(whole);
    }
  });

  it.each([1, 2, 3, 7])('gives the same rows when a file arrives in pieces of %i bytes', (size) => {
    const pieces: Buffer[] = [];
    for (let at = 0; at < closed.length; at += size) pieces.push(closed.subarray(at, at + size));
    expect(scanPieces(pieces)).toEqual(scanPieces([closed]));
  });

  it('stops after the records that were asked for, right behind the last one', () => {
    const bytes = Buffer.from('\na,b\r\nc,d\n');
    const collector = new RowCollector();
    const position = { line: 1 };
    const end = scanRecords(bytes, 0, bytes.length, true, 0x2c, collector, position, 1);
    expect(collector.rows).toEqual([{ line: 2, fields: ['a', 'b'] }]);
    expect(bytes.toString('utf8', end)).toBe('c,d\n');
    expect(position.line).toBe(3);
  });

  it('reads nothing outside of the range it was given', () => {
    const bytes = Buffer.from('no,\r\na,b\r\nno\n');
    const collector = new RowCollector();
    scanRecords(bytes, 5, 9, true, 0x2c, collector, { line: 1 });
    expect(collector.rows).toEqual([{ line: 1, fields: ['a', 'b'] }]);
  });
});
