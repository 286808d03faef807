import { describe, expect, it } from '@jest/globals';
import { type RejectReason, SyncError } from '@tidetable/contracts';
import type { RowSink } from '../row-sink.js';
import { scanRecords } from './scan-records.js';

interface Row {
  line: number;
  fields: string[];
}

/** Collects rows; a quoted field is told from an unquoted one by guillemets. */
class RowCollector implements RowSink {
  readonly rows: Row[] = [];
  readonly rejected: string[] = [];
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

  rejectRow(line: number, reason: RejectReason, bytes: Buffer, start: number, end: number): void {
    this.rejected.push(`${line} ${reason} ${bytes.toString('utf8', start, end)}`);
  }
}

/** Scans pieces as they would arrive one after the other, each with what the one before left. */
function collectPieces(pieces: readonly Buffer[], delimiter: string, columns: number): RowCollector {
  const form = { delimiter: delimiter.charCodeAt(0), columns };
  const collector = new RowCollector();
  const position = { line: 1 };
  let rest: Buffer = Buffer.alloc(0);
  for (const piece of [...pieces, null]) {
    const bytes = piece === null ? rest : Buffer.concat([rest, piece]);
    const end = scanRecords(bytes, 0, bytes.length, piece === null, form, collector, position);
    rest = bytes.subarray(end);
  }
  return collector;
}

const scanPieces = (pieces: readonly Buffer[], delimiter = ','): Row[] =>
  collectPieces(pieces, delimiter, 0).rows;

const scan = (text: string, delimiter?: string): Row[] => scanPieces([Buffer.from(text)], delimiter);
const fieldsOf = (text: string, delimiter?: string): string[][] =>
  scan(text, delimiter).map((row) => row.fields);

const anyColumns = { delimiter: 0x2c, columns: 0 };

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
    [
      'an open quote on the last line, as if the file was cut off',
      'a,b\nc,d\ne,"f\n',
      'csv-malformed: a quote opened in the record of line 3 is never closed',
    ],
    [
      'an open quote and lines that are no rows',
      'a,b\n"c,d\ne,f,g\n',
      'csv-malformed: a quote opened in the record of line 2 is never closed',
    ],
  ])('refuses %s and names the line', (_name, text, failure) => {
    const bytes = Buffer.from(text);
    expect(failureOf(() => collectPieces([bytes], ',', 2))).toBe(failure);
    // Cut anywhere, the failure is the same.
    for (let cut = 1; cut < bytes.length; cut++) {
      const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
      expect(failureOf(() => collectPieces(pieces, ',', 2))).toBe(failure);
    }
  });

  it.each<[string, string, number, string[], string[]]>([
    [
      'text after a closing quote',
      'a,b\n"c"d,e\nf,g\n',
      2,
      ['2 text-after-quote "c"d,e'],
      ['1 a b', '3 f g'],
    ],
    ['text after a closing quote at the end', '"c"d', 2, ['1 text-after-quote "c"d'], []],
    ['a quote after a quoted blank', '"a" "b"\r\n', 2, ['1 text-after-quote "a" "b"'], []],
    ['text after a quoted line end', '"a\r\nb"c\n', 2, ['1 text-after-quote "a\r\nb"c'], []],
    [
      'a row over several lines that is not well-formed',
      '1,"a\nb\nc"d\r\ne,f\r\n',
      2,
      ['1 text-after-quote 1,"a\nb\nc"d'],
      ['4 e f'],
    ],
    ['more fields than there are columns', 'a,b,c\nd,e\n', 2, ['1 fields-too-many a,b,c'], ['2 d e']],
    [
      'more fields over several lines',
      '"a\rb",c,,d\n\ne,f\n',
      2,
      ['1 fields-too-many "a\rb",c,,d'],
      ['4 e f'],
    ],
    [
      'a line whose quote is closed by one of a later row',
      '1,"a\n2,b\n3,"c"\n4,d\n',
      2,
      ['1 quote-not-closed 1,"a'],
      ['2 2 b', '3 3 «c»', '4 4 d'],
    ],
    [
      'a line whose quote is closed by one of a later row over several lines',
      '1,"a\n2,b\n3,"c\nd"\n4,e\n',
      2,
      ['1 quote-not-closed 1,"a'],
      ['2 2 b', '3 3 «c\nd»', '5 4 e'],
    ],
    [
      'text of several lines that has quotes and delimiters in it',
      '1,"a\nb "c" d, e"\n4,e\n',
      2,
      ['1 text-after-quote 1,"a\nb "c" d, e"'],
      ['3 4 e'],
    ],
    [
      'a line whose quote is closed nowhere',
      '1,"a\r\n2,b\r\n\r\n3,""',
      2,
      ['1 quote-not-closed 1,"a'],
      ['2 2 b', '4 3 «»'],
    ],
    [
      'a line whose quote is closed nowhere, when the line that is not well-formed is far enough behind',
      `"1,a\n${'2,b\n'.repeat(5)}3,c,d\n4,e`,
      2,
      ['1 quote-not-closed "1,a', '7 fields-too-many 3,c,d'],
      ['2 2 b', '3 2 b', '4 2 b', '5 2 b', '6 2 b', '8 4 e'],
    ],
  ])('rejects %s and goes on', (_name, text, columns, rejected, rows) => {
    const bytes = Buffer.from(text);
    const told = (pieces: Buffer[]): [string[], string[]] => {
      const collector = collectPieces(pieces, ',', columns);
      return [collector.rejected, collector.rows.map(({ line, fields }) => `${line} ${fields.join(' ')}`)];
    };
    expect(told([bytes])).toEqual([rejected, rows]);
    // Cut anywhere, it is the same.
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(told([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual([rejected, rows]);
    }
  });

  it('takes more fields than there are columns when they are empty', () => {
    expect(collectPieces([Buffer.from('a,b,,""\n')], ',', 2).rows).toEqual([{ line: 1, fields: ['a', 'b'] }]);
  });

  it('finds the fields of a record that is wider than any before', () => {
    const fields = Array.from({ length: 1_600 }, (_, n) => `${n}`);
    expect(fieldsOf(`${fields.join(',')}\n`)).toEqual([fields]);
  });

  it('gives a file up in which quotes are forgotten again and again over long stretches', () => {
    const rows = '1,2\n'.repeat(5);
    const text = `a","b\n${rows}`.repeat(20_000);
    expect(failureOf(() => collectPieces([Buffer.from(text)], ',', 2))).toMatch(
      /^csv-malformed: too many quotes are not closed; one of them on line \d+$/,
    );
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
    const end = scanRecords(bytes, 0, bytes.length, true, anyColumns, collector, position, 1);
    expect(collector.rows).toEqual([{ line: 2, fields: ['a', 'b'] }]);
    expect(bytes.toString('utf8', end)).toBe('c,d\n');
    expect(position.line).toBe(3);
  });

  it('reads nothing outside of the range it was given', () => {
    const bytes = Buffer.from('no,\r\na,b\r\nno\n');
    const collector = new RowCollector();
    scanRecords(bytes, 5, 9, true, anyColumns, collector, { line: 1 });
    expect(collector.rows).toEqual([{ line: 1, fields: ['a', 'b'] }]);
  });
});
