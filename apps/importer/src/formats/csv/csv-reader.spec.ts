import { describe, expect, it } from '@jest/globals';
import { type RejectReason, SyncError } from '@tidetable/contracts';
import type { RowSink } from '../row-sink.js';
import type { OpenableFile } from '../table-reader.js';
import { openCsv } from './csv-reader.js';

const megabyte = 1024 * 1024;

class RowCollector implements RowSink {
  readonly rows: string[][] = [];
  readonly lines: number[] = [];
  readonly rejected: string[] = [];
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

  rejectRow(line: number, reason: RejectReason, bytes: Buffer, start: number, end: number): void {
    this.rejected.push(`${line} ${reason} ${bytes.toString('utf8', start, Math.min(end, start + 20))}`);
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

  it('refuses a header that is not well-formed', async () => {
    expect(await failureOf(() => readAll(fileOf('a,"b"c\n1,2\n')))).toBe(
      'csv-malformed: the header on line 1 cannot be read: text-after-quote',
    );
  });

  // With a scan of the whole record for every chunk this would take minutes.
  it('does not scan a long record again with every chunk of it', async () => {
    const collector = new RowCollector();
    const content = `a,b\nx,"${'y'.repeat(8 * megabyte)}"\n`;
    await openCsv(fileOf(content, 64, 20)).read(collector, async () => undefined);
    expect(collector.rows[0]![1]).toHaveLength(8 * megabyte);
  });

  /** Pieces of a file whose record on line 3 is too long, in chunks as they come. */
  const longFile = (beginning: string, piece: string, end: string): OpenableFile => ({
    head: Buffer.from(beginning),
    isWhole: false,
    open: async () =>
      (async function* () {
        yield Buffer.from(beginning);
        for (let n = 0; n < 34; n++) yield Buffer.alloc(megabyte, piece);
        yield Buffer.from(end);
      })(),
  });

  it.each<[string, string, string, string, string[], number[]]>([
    ['a line', 'a,b\n1,2\n3,x', 'x', '\n4,5\n', ['3 row-too-long 3,xxxxxxxxxxxxxxxxxx'], [2, 4]],
    ['a quoted value', 'a,b\n1,2\n3,"x', 'x', '"\r\n4,5', ['3 row-too-long 3,"xxxxxxxxxxxxxxxxx'], [2, 4]],
    ['the last line', 'a,b\n1,2\n3,x', 'x', '', ['3 row-too-long 3,xxxxxxxxxxxxxxxxxx'], [2]],
  ])('rejects %s that does not end within 32 MiB', async (_name, beginning, piece, end, rejected, lines) => {
    const collector = new RowCollector();
    await openCsv(longFile(beginning, piece, end)).read(collector, async () => undefined);
    expect(collector.rejected).toEqual(rejected);
    expect(collector.lines).toEqual(lines);
  });

  it('forgets a quote that is not closed within 32 MiB when rows follow', async () => {
    let rows = 0;
    const rejected: number[] = [];
    const sink: RowSink = {
      field: () => undefined,
      endRow: () => void rows++,
      abandonRow: () => undefined,
      rejectRow: (line) => rejected.push(line),
    };
    await openCsv(longFile('a,b\n1,2\n3,"x\n', '4,5\n', '6,7')).read(sink, async () => undefined);
    expect(rejected).toEqual([3]);
    expect(rows).toBe(2 + (34 * megabyte) / 4);
  });

  it('gives the file up when a quote is not closed within 32 MiB of other text', async () => {
    expect(await failureOf(() => readAll(longFile('a,b\n1,2\n3,"x\n', 'xxx\n', '"\n')))).toBe(
      'csv-malformed: the record that begins on line 3 does not end within 32 MiB; a quote may be missing',
    );
  });
});
