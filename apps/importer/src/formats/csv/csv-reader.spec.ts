import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import type { RowSink } from '../row-sink.js';
import type { OpenableFile } from '../table-reader.js';
import { openCsv } from './csv-reader.js';

class RowCollector implements RowSink {
  readonly rows: string[][] = [];
  readonly lines: number[] = [];
  private fields: string[] = [];

  field(bytes: Buffer, start: number, end: number): void {
    this.fields.push(bytes.toString('utf8', start, end));
  }

  endRow(line: number): void {
    this.rows.push(this.fields);
    this.lines.push(line);
    this.fields = [];
  }

  abandonRow(): void {
    this.fields = [];
  }
}

/** A file in memory that arrives in chunks of a size, of which the first `headBytes` are at hand. */
function fileOf(content: string | Buffer, chunkBytes = 5, headBytes = Infinity): OpenableFile {
  const bytes = Buffer.from(content);
  return {
    head: bytes.subarray(0, headBytes),
    isWhole: headBytes >= bytes.length,
    open: async () =>
      (async function* () {
        for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
      })(),
  };
}

async function readAll(
  file: OpenableFile,
): Promise<{ headers: readonly (string | null)[]; rows: string[][]; lines: number[] }> {
  const reader = openCsv(file);
  const collector = new RowCollector();
  await reader.read(collector, async () => undefined);
  return {
    headers: reader.columns.map(({ header }) => header),
    rows: collector.rows,
    lines: collector.lines,
  };
}

async function failureOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SyncError) return error.message;
    throw error;
  }
  return 'none';
}

describe('openCsv', () => {
  it('takes the header from the first record and the rows from the rest, with their lines', async () => {
    expect(await readAll(fileOf('\ufeff\r\nid; name \r\n1;a\r\n\r\n2;"b\nc"\r\n3;d'))).toEqual({
      headers: ['id', 'name'],
      rows: [
        ['1', 'a'],
        ['2', 'b\nc'],
        ['3', 'd'],
      ],
      lines: [3, 5, 7],
    });
  });

  it('has no headers when the first record is data', async () => {
    expect(await readAll(fileOf('1,a\n2,b\n'))).toEqual({
      headers: [null, null],
      rows: [
        ['1', 'a'],
        ['2', 'b'],
      ],
      lines: [1, 2],
    });
  });

  it('takes an empty field of the header for no name', () => {
    const { columns } = openCsv(fileOf('a,, ,""\n1,2,3,4\n'));
    expect(columns.map(({ header }) => header)).toEqual(['a', null, null, null]);
  });

  it.each([1, 2, 3, 1000])('reads the same in chunks of %i bytes, also twice', async (chunkBytes) => {
    const file = fileOf('\ufeffname,ö\n"a\r\n€",1\n😀,""\n', chunkBytes);
    const expected = {
      headers: ['name', 'ö'],
      rows: [
        ['a\r\n€', '1'],
        ['😀', ''],
      ],
      lines: [2, 4],
    };
    expect(await readAll(file)).toEqual(expected);
    expect(await readAll(file)).toEqual(expected);
  });

  it('samples the whole rows of the beginning', () => {
    const text = 'a,b\n1,2\n3,"4"\n5,6\n';
    const sampled = (headBytes: number): string[][] => {
      const collector = new RowCollector();
      openCsv(fileOf(text, 5, headBytes)).readSample(collector);
      return collector.rows;
    };
    expect(sampled(4)).toEqual([]);
    expect(sampled(7)).toEqual([]);
    expect(sampled(8)).toEqual([['1', '2']]);
    expect(sampled(13)).toEqual([['1', '2']]);
    expect(sampled(text.length)).toHaveLength(3);
  });

  it('pauses after every chunk and at the end', async () => {
    let pauses = 0;
    await openCsv(fileOf('a,b\n1,2\n', 4)).read(new RowCollector(), async () => void pauses++);
    expect(pauses).toBe(3);
  });

  it.each<[string, string, string]>([
    ['only a header', 'a,b\n', 'file-without-rows'],
    ['a header and blank lines', 'a,b\n\r\n\n', 'file-without-rows'],
    ['only blank lines', '\n'.repeat(5000), 'file-empty'],
    [
      'a header that never ends',
      '"a,b\n1,2\n',
      'csv-malformed: a quote opened in the record of line 1 is never closed',
    ],
    [
      'a quote that is never closed',
      'a,b\n1,"2\n',
      'csv-malformed: a quote opened in the record of line 2 is never closed',
    ],
  ])('refuses %s', async (_name, text, failure) => {
    expect(await failureOf(() => readAll(fileOf(text)))).toBe(failure);
  });

  it('refuses a header that is longer than the beginning of the file', async () => {
    expect(await failureOf(() => readAll(fileOf('abc,def\n1,2\n', 5, 6)))).toBe(
      'csv-malformed: the first record does not end within a megabyte',
    );
  });

  it('does not scan a long record again with every chunk of it', async () => {
    let fields = 0;
    const counter: RowSink = {
      field: () => void fields++,
      endRow: () => undefined,
      abandonRow: () => undefined,
    };
    const rows = 3;
    const content = `a,b\n${`x,"${'y'.repeat(10_000)}"\n`.repeat(rows)}`;
    await openCsv(fileOf(content, 10)).read(counter, async () => undefined);
    // A thousand chunks each, which double a dozen times.
    expect(fields).toBeLessThan(rows * 20);
  });

  it('gives a record up that does not end within 32 MiB', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'x');
    const file: OpenableFile = {
      head: Buffer.from('a,b\n1,2\n3,"'),
      isWhole: false,
      open: async () =>
        (async function* () {
          yield Buffer.from('a,b\n1,2\n3,"');
          for (;;) yield piece;
        })(),
    };
    expect(await failureOf(() => readAll(file))).toBe(
      'csv-malformed: the record that begins on line 3 does not end within 32 MiB; a quote may be missing',
    );
  });
});
