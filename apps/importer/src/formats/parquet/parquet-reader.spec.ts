import { readdirSync } from 'node:fs';
import { crc32, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import { ByteWriter, type ColumnSource, parquetWrite } from 'hyparquet-writer';
import type { RowSink } from '../row-sink.js';
import type { TableReader } from '../table-reader.js';
import { openParquet, type ParquetOptions } from './parquet-reader.js';

type SchemaElement = NonNullable<Parameters<typeof parquetWrite>[0]['schema']>[number];

/** Rows as the sink gets them: `null` for nothing, everything else as it is; rejected ones as reasons. */
class RowCollector implements RowSink {
  readonly rows: (string | null)[][] = [];
  private fields: (string | null)[] = [];

  field(bytes: Buffer, start: number, end: number, quoted: boolean): void {
    this.fields.push(start === end && !quoted ? null : bytes.toString('utf8', start, end));
  }

  endRow(): void {
    this.rows.push(this.fields);
    this.fields = [];
  }

  abandonRow(): void {
    throw new Error('rows are handed on whole');
  }

  rejectRow(row: number, reason: string, bytes: Buffer, start: number, end: number): void {
    if (this.fields.length > 0) throw new Error('fields of a rejected row were handed on');
    this.rows.push([`${row} ${reason}`, bytes.toString('utf8', start, end)]);
  }
}

/** Next to nothing of pages in memory, so that all is read through windows of a few bytes. */
const windows = { pagesBytesMax: 0, windowBytesMax: 64 };

async function open(
  content: Buffer,
  unpackedBytesMax = 1e9,
  memory?: ParquetOptions['memory'],
): Promise<TableReader> {
  const file = {
    head: content,
    isWhole: true,
    open: async (): Promise<AsyncIterable<Buffer>> =>
      (async function* () {
        yield content;
      })(),
  };
  return openParquet(file, {
    unpackedBytesMax,
    signal: new AbortController().signal,
    ...(memory === undefined ? {} : { memory }),
  });
}

async function read(
  content: Buffer,
  unpackedBytesMax?: number,
  memory?: ParquetOptions['memory'],
): Promise<(string | null)[][]> {
  const reader = await open(content, unpackedBytesMax, memory);
  try {
    const collector = new RowCollector();
    await reader.read(collector, async () => undefined);
    return collector.rows;
  } finally {
    await reader.close?.();
  }
}

/** The code, and what is told with it, of a file that cannot be read. */
async function refusal(
  content: Buffer,
  unpackedBytesMax?: number,
  memory?: ParquetOptions['memory'],
): Promise<string> {
  const outcome = await read(content, unpackedBytesMax, memory).catch((error: unknown) => error);
  if (!(outcome instanceof SyncError)) throw new Error('the file was not refused', { cause: outcome });
  return `${outcome.code}: ${outcome.detail}`;
}

interface WriteOptions {
  schema?: SchemaElement[];
  codec?: 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP';
  pageSize?: number;
  rowGroupSize?: number;
}

function write(columnData: ColumnSource[], options: WriteOptions = {}): Buffer {
  const writer = new ByteWriter();
  void parquetWrite({
    writer,
    columnData,
    compressors: { GZIP: (bytes: Uint8Array) => gzipSync(bytes) },
    ...options,
  });
  return Buffer.from(writer.getBuffer());
}

/** Thrift's compact protocol, as far as the files below need it: a field is a number, a text, a list or a structure. */
type Field = number | boolean | string | Field[] | { [id: number]: Field };

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

function thrift(field: Field): { type: number; bytes: number[] } {
  if (typeof field === 'number') return { type: 6, bytes: varint(field >= 0 ? 2 * field : -2 * field - 1) };
  if (typeof field === 'boolean') return { type: field ? 1 : 2, bytes: [] };
  if (typeof field === 'string') return { type: 8, bytes: [...varint(field.length), ...Buffer.from(field)] };
  if (Array.isArray(field)) {
    const entries = field.map(thrift);
    const type = entries[0]?.type ?? 12;
    return {
      type: 9,
      bytes: [0xf0 | type, ...varint(field.length), ...entries.flatMap(({ bytes }) => bytes)],
    };
  }
  const bytes = Object.entries(field).flatMap(([id, value]) => {
    const { type, bytes: own } = thrift(value);
    return [type, ...varint(2 * Number(id)), ...own];
  });
  return { type: 12, bytes: [...bytes, 0] };
}

interface Page {
  header: { [id: number]: Field };
  bytes: number[];
}

interface HandMade {
  /** The number of the stored type. */
  type?: number;
  typeLength?: number;
  repetition?: number;
  pages: Page[];
  rows: number;
  entries?: number;
  codec?: number;
  start?: number;
  /** What a chunk says besides. */
  chunk?: { [id: number]: Field };
  fileRows?: number;
  children?: number;
}

/** A file of one column, `v`, whose pages and descriptions are as they are given. */
function handMade({ type = 6, typeLength, repetition = 0, pages, rows, ...more }: HandMade): Buffer {
  const data = pages.flatMap(({ header, bytes }) => [...thrift(header).bytes, ...bytes]);
  const element: { [id: number]: Field } = { 1: type, 3: repetition, 4: 'v' };
  if (typeLength !== undefined) element[2] = typeLength;
  const metadata = {
    1: type,
    2: [0],
    3: ['v'],
    4: more.codec ?? 0,
    5: more.entries ?? rows,
    6: data.length,
    7: data.length,
    9: more.start ?? 4,
  };
  const footer = thrift({
    1: 1,
    2: [{ 4: 'root', 5: more.children ?? 1 }, element],
    3: more.fileRows ?? rows,
    4: [{ 1: [{ 2: 4, 3: metadata, ...more.chunk }], 2: data.length, 3: rows }],
  }).bytes;
  const end = Buffer.alloc(4);
  end.writeUInt32LE(footer.length);
  return Buffer.concat([Buffer.from('PAR1'), Buffer.from([...data, ...footer]), end, Buffer.from('PAR1')]);
}

/** A data page of the first kind. */
const page = (
  entries: number,
  encoding: number,
  bytes: number[],
  more: Partial<Page['header']> = {},
): Page => ({
  header: {
    1: 0,
    2: bytes.length,
    3: bytes.length,
    5: { 1: entries, 2: encoding, 3: 3, 4: 3 },
    ...(more as object),
  },
  bytes,
});
const dictionaryPage = (entries: number, bytes: number[]): Page => ({
  header: { 1: 2, 2: bytes.length, 3: bytes.length, 7: { 1: entries, 2: 0 } },
  bytes,
});
const texts = (...values: string[]): number[] =>
  values.flatMap((value) => [value.length, 0, 0, 0, ...Buffer.from(value)]);

const ids = Array.from({ length: 1_000 }, (_, i) => i);

describe('values are read in every encoding', () => {
  it.each<[string, ColumnSource, (i: number) => string | null]>([
    ['plain', { name: 'v', type: 'INT32', data: ids, encoding: 'PLAIN' }, String],
    [
      'from a dictionary',
      { name: 'v', type: 'STRING', data: ids.map((i) => `kind ${i % 9}`), encoding: 'RLE_DICTIONARY' },
      (i) => `kind ${i % 9}`,
    ],
    [
      'as differences of 32 bits',
      { name: 'v', type: 'INT32', data: ids.map((i) => 7 - i * i), encoding: 'DELTA_BINARY_PACKED' },
      (i) => String(7 - i * i),
    ],
    [
      'as differences of 64 bits',
      { name: 'v', type: 'INT64', data: ids.map((i) => BigInt(i) ** 5n), encoding: 'DELTA_BINARY_PACKED' },
      (i) => String(BigInt(i) ** 5n),
    ],
    [
      'as texts behind their lengths',
      {
        name: 'v',
        type: 'STRING',
        data: ids.map((i) => 'x'.repeat(i % 5)),
        encoding: 'DELTA_LENGTH_BYTE_ARRAY',
      },
      (i) => 'x'.repeat(i % 5),
    ],
    [
      'as texts that begin like the one before',
      { name: 'v', type: 'STRING', data: ids.map((i) => `station ${i}`), encoding: 'DELTA_BYTE_ARRAY' },
      (i) => `station ${i}`,
    ],
    [
      'byte by byte',
      { name: 'v', type: 'DOUBLE', data: ids.map((i) => i / 8), encoding: 'BYTE_STREAM_SPLIT' },
      (i) => String(i / 8),
    ],
    [
      'as runs of yes and no',
      { name: 'v', type: 'BOOLEAN', data: ids.map((i) => i % 5 < 3) },
      (i) => String(i % 5 < 3),
    ],
    [
      'with nothing among them',
      { name: 'v', type: 'INT32', data: ids.map((i) => (i % 3 === 0 ? null : i)) },
      (i) => (i % 3 === 0 ? null : String(i)),
    ],
    ['with nothing but nothing', { name: 'v', type: 'INT32', data: ids.map(() => null) }, () => null],
  ])('%s', async (_what, column, expected) => {
    for (const pageSize of [1_000, 1_000_000]) {
      const file = write([column], { pageSize });
      const rows = ids.map((i) => [expected(i)]);
      expect(await read(file)).toEqual(rows);
      expect(await read(file, undefined, windows)).toEqual(rows);
    }
  });

  it.each<[string, HandMade, (string | null)[]]>([
    [
      'plain, in pages of the first kind',
      { rows: 3, pages: [page(2, 0, texts('a', 'bc')), page(1, 0, texts(''))] },
      ['a', 'bc', ''],
    ],
    [
      'with levels in pages of the first kind',
      { rows: 4, repetition: 1, pages: [page(4, 0, [2, 0, 0, 0, 3, 0b1001, ...texts('a', 'b')])] },
      ['a', null, null, 'b'],
    ],
    [
      'from a dictionary, and plain behind it',
      {
        rows: 4,
        pages: [dictionaryPage(2, texts('x', 'y')), page(3, 2, [1, 3, 0b010]), page(1, 0, texts('z'))],
      },
      ['x', 'y', 'x', 'z'],
    ],
    [
      'from a dictionary of one',
      { rows: 2, pages: [dictionaryPage(1, texts('x')), page(2, 8, [0])] },
      ['x', 'x'],
    ],
    [
      'yes and no, eight in a byte',
      { type: 0, rows: 3, pages: [page(3, 0, [0b101])] },
      ['true', 'false', 'true'],
    ],
    [
      'of a fixed length',
      { type: 7, typeLength: 2, rows: 2, pages: [page(2, 0, [0x61, 0x62, 0, 1])] },
      ['ab', '\\x0001'],
    ],
    [
      'of a page between empty ones',
      { rows: 1, pages: [page(0, 0, []), page(1, 0, texts('a')), page(0, 0, [])] },
      ['a'],
    ],
    [
      'of a page behind one of another kind',
      { rows: 1, pages: [{ header: { 1: 1, 2: 3, 3: 3, 6: {} }, bytes: [1, 2, 3] }, page(1, 0, texts('a'))] },
      ['a'],
    ],
    [
      'with a checksum',
      { rows: 1, pages: [page(1, 0, texts('a'), { 4: crc32(Buffer.from(texts('a'))) | 0 })] },
      ['a'],
    ],
    [
      'in lists without a name for them',
      {
        rows: 2,
        entries: 3,
        repetition: 2,
        pages: [page(3, 0, [2, 0, 0, 0, 3, 0b010, 2, 0, 0, 0, 3, 0b011, ...texts('a', 'b')])],
      },
      ['["a","b"]', '[]'],
    ],
  ])('%s', async (_what, file, values) => {
    expect((await read(handMade(file))).flat()).toEqual(values);
    expect((await read(handMade(file), undefined, windows)).flat()).toEqual(values);
  });
});

describe('what a file claims is not believed', () => {
  const one = (more: Partial<HandMade>): HandMade => ({ rows: 1, pages: [page(1, 0, texts('a'))], ...more });
  const bad = (bytes: number[], encoding: number, more: Partial<HandMade> = {}): HandMade =>
    one({ pages: [page(1, encoding, bytes)], ...more });

  it.each<[string, HandMade]>([
    ['more rows than there are pages for', one({ rows: 2 ** 40, entries: 2 ** 40 })],
    ['more rows than a page has bytes for', { rows: 2 ** 31 - 1, pages: [page(2 ** 31 - 1, 0, texts('a'))] }],
    ['other rows than its groups', one({ fileRows: 2 })],
    ['less than no rows', one({ rows: -1 })],
    ['other values than rows', one({ entries: 2 })],
    ['a page that begins before the file', one({ start: -4 })],
    ['a page that begins behind it', one({ start: 1e9 })],
    ['a page that is longer than the file', one({ pages: [page(1, 0, texts('a'), { 3: 1_000_000 })] })],
    ['a page of less than no bytes', one({ pages: [page(1, 0, texts('a'), { 3: -5 })] })],
    ['a page that unpacks to more', one({ pages: [page(1, 0, texts('a'), { 2: 6 })] })],
    ['a page of too many values', one({ pages: [page(2, 0, texts('a', 'b'))] })],
    ['a page of another checksum', one({ pages: [page(1, 0, texts('a'), { 4: 7 })] })],
    ['a text longer than its page', bad([0xff, 0xff, 0xff, 0x7f, 97], 0)],
    ['levels longer than their page', bad([0xff, 0xff, 0, 0, 3, 1], 0, { repetition: 1 })],
    ['a level that is too deep', bad([2, 0, 0, 0, 2, 2, ...texts('a')], 0, { repetition: 1 })],
    ['a dictionary that is not there', bad([0], 8)],
    [
      'an entry that its dictionary does not have',
      one({ pages: [dictionaryPage(1, texts('x')), page(1, 8, [1, 2, 1])] }),
    ],
    [
      'a dictionary of more entries than bytes',
      one({ pages: [dictionaryPage(2 ** 30, texts('x')), page(1, 8, [0])] }),
    ],
    [
      'pages without end that have nothing',
      one({ pages: [...Array<Page>(1_100).fill(page(0, 0, [])), page(1, 0, texts('a'))] }),
    ],
    [
      'two dictionaries',
      one({ pages: [dictionaryPage(1, texts('x')), dictionaryPage(1, texts('x')), page(1, 8, [0])] }),
    ],
    ['differences of texts', bad([0x80, 1, 4, 1, 0], 5)],
    ['texts in negative lengths', bad([0x80, 1, 4, 1, 1, 97], 6)],
    ['texts that begin like none', bad([0x80, 1, 4, 1, 8, 0x80, 1, 4, 1, 0], 7)],
    ['values of no length', bad([97], 0, { type: 7, typeLength: 0 })],
    ['a schema that is no tree', one({ children: 3 })],
    ['a schema of itself', one({ children: 2 ** 31 })],
  ])('not %s', async (_what, file) => {
    for (const memory of [undefined, windows]) {
      expect(await refusal(handMade(file), undefined, memory)).toMatch(
        /^file-unreadable: it looks like a Parquet file/,
      );
    }
  });

  it.each<[string, HandMade, string]>([
    ['a page beyond 128 MiB', one({ pages: [page(1, 0, texts('a'), { 2: 2 ** 31 - 1 })] }), 'file-too-large'],
    ['an encrypted column', one({ chunk: { 8: { 1: {} } } }), 'archive-encrypted'],
    ['a column in another file', one({ chunk: { 1: 'other.parquet' } }), 'file-type-unsupported'],
    ['an unknown codec', one({ codec: 3 }), 'file-type-unsupported'],
    ['an unknown encoding', bad([0], 77), 'file-type-unsupported'],
    [
      'levels as they were in 2013',
      one({
        repetition: 1,
        pages: [{ ...page(1, 0, texts('a')), header: { 1: 0, 2: 5, 3: 5, 5: { 1: 1, 2: 0, 3: 4, 4: 4 } } }],
      }),
      'file-type-unsupported',
    ],
  ])('%s has a code of its own', async (_what, file, code) => {
    expect(await refusal(handMade(file))).toMatch(new RegExp(`^${code}`));
  });

  it('rows that stand for far more than the file are counted as what they stand for', async () => {
    const rows = 50_000;
    const constant = handMade({
      rows,
      pages: [dictionaryPage(1, texts('x'.repeat(200))), page(rows, 8, [0])],
    });
    expect(await refusal(constant, 1_000_000)).toBe('archive-too-large: at most 1000000 bytes are unpacked');
    expect(await read(constant)).toHaveLength(rows);
  });

  it('a footer of structures in each other ends where no honest one goes', async () => {
    const deep = Buffer.from([...Array<number>(5_000).fill(0x9c), ...Array<number>(5_000).fill(0)]);
    const end = Buffer.alloc(4);
    end.writeUInt32LE(deep.length);
    expect(await refusal(Buffer.concat([Buffer.from('PAR1'), deep, end, Buffer.from('PAR1')]))).toMatch(
      /^file-unreadable/,
    );
  });
});

describe('rows', () => {
  it('with a text that has a NUL character are rejected, whole', async () => {
    const file = write([
      { name: 'n', type: 'INT32', data: [1, 2, 3] },
      { name: 'v', type: 'STRING', data: ['a', 'b\0c', 'd'] },
    ]);
    expect(await read(file)).toEqual([
      ['1', 'a'],
      ['2 text-has-nul', '2\tb\\u0000c'],
      ['3', 'd'],
    ]);
  });

  it('longer than 32 MiB are rejected, and those behind them read', async () => {
    const file = write([{ name: 'v', type: 'STRING', data: ['a', 'x'.repeat(33 * 1024 * 1024), 'b'] }]);
    const rows = await read(file);
    expect(rows.map(([value]) => value)).toEqual(['a', '2 row-too-long', 'b']);
  });

  it('are looked at beforehand without being handed on', async () => {
    const reader = await open(write([{ name: 'v', type: 'STRING', data: ids.map(String) }]));
    const sample = new RowCollector();
    reader.readSample(sample);
    await reader.close?.();
    expect(sample.rows.slice(0, 2)).toEqual([['0'], ['1']]);
    expect(sample.rows.length).toBeLessThan(ids.length);
  });
});

describe('parts of columns are JSON', () => {
  const element = (name: string, more: Partial<SchemaElement> = {}): SchemaElement => ({
    name,
    repetition_type: 'OPTIONAL',
    ...more,
  });
  const root = (children: number): SchemaElement => ({ name: 'root', num_children: children });

  it.each<[string, SchemaElement[], unknown[], (string | null)[]]>([
    [
      'lists of lists',
      [
        root(1),
        element('v', { num_children: 1, converted_type: 'LIST' }),
        element('list', { repetition_type: 'REPEATED', num_children: 1 }),
        element('element', { num_children: 1, converted_type: 'LIST' }),
        element('list', { repetition_type: 'REPEATED', num_children: 1 }),
        element('element', { type: 'INT32' }),
      ],
      [[[1, 2], [], null, [null, 3]], [], null, [[4]]],
      ['[[1,2],[],null,[null,3]]', '[]', null, '[[4]]'],
    ],
    [
      'structures in lists',
      [
        root(1),
        element('v', { num_children: 1, converted_type: 'LIST' }),
        element('list', { repetition_type: 'REPEATED', num_children: 1 }),
        element('element', { num_children: 2 }),
        element('a', { type: 'BYTE_ARRAY', converted_type: 'UTF8' }),
        element('b', { type: 'DOUBLE' }),
      ],
      [
        [
          { a: 'x "y"\n', b: 0.5 },
          { a: null, b: NaN },
        ],
        [null],
      ],
      [String.raw`[{"a":"x \"y\"\n","b":0.5},{"a":null,"b":"NaN"}]`, '[null]'],
    ],
    [
      'structures in structures',
      [
        root(1),
        element('v', { num_children: 2 }),
        element('s', { num_children: 1 }),
        element('t', { type: 'BOOLEAN' }),
        element('d', { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' }),
      ],
      [{ s: { t: true }, d: new Date(0) }, { s: { t: null }, d: null }, { s: null, d: null }, null],
      [
        '{"s":{"t":true},"d":"1970-01-01 00:00:00Z"}',
        '{"s":{"t":null},"d":null}',
        '{"s":null,"d":null}',
        null,
      ],
    ],
  ])('%s', async (_what, schema, data, expected) => {
    const file = write([{ name: 'v', data }], { schema });
    expect((await read(file)).flat()).toEqual(expected);
    expect((await read(file, undefined, windows)).flat()).toEqual(expected);
  });
});

describe('a damaged file', () => {
  const runs = 500;
  const timeMsMax = 5_000;
  let state = 11;
  const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;

  function damage(file: Buffer): Buffer {
    const damaged = Buffer.from(file);
    if (random(8) === 0) return damaged.subarray(0, random(file.length));
    for (let flips = random(3) + 1; flips > 0; flips--) damaged[random(file.length)] = random(256);
    return damaged;
  }

  const few = ids.slice(0, 200);
  const files: [string, () => Buffer][] = [
    [
      'of numbers and texts',
      () =>
        write(
          [
            { name: 'id', type: 'INT32', data: few },
            { name: 'name', type: 'STRING', data: few.map((i) => (i % 5 === 0 ? null : `name ${i % 50}`)) },
            {
              name: 'delta',
              type: 'INT64',
              data: few.map((i) => BigInt(i * i)),
              encoding: 'DELTA_BINARY_PACKED',
            },
          ],
          { pageSize: 256 },
        ),
    ],
    [
      'of texts in every encoding, unpacked',
      () =>
        write(
          (['PLAIN', 'DELTA_LENGTH_BYTE_ARRAY', 'DELTA_BYTE_ARRAY', 'RLE_DICTIONARY'] as const).map(
            (encoding) => ({
              name: encoding,
              type: 'STRING' as const,
              data: few.map((i) => `name ${i % 50}`),
              encoding,
            }),
          ),
          { codec: 'UNCOMPRESSED' },
        ),
    ],
    [
      'of lists, packed by gzip',
      () =>
        write([{ name: 'v', data: few.map((i) => few.slice(0, i % 4).map(BigInt)) }], {
          codec: 'GZIP',
          schema: [
            { name: 'root', num_children: 1 },
            { name: 'v', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
            { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
            { name: 'element', repetition_type: 'OPTIONAL', type: 'INT64' },
          ],
        }),
    ],
  ];

  it.each(files)('%s is read or refused with a code, at once, and is closed', async (_what, make) => {
    const file = make();
    expect(await read(file)).toHaveLength(few.length);
    const openBefore = readdirSync('/proc/self/fd').length;
    const outcomes = { read: 0, refused: 0 };
    let slowestMs = 0;
    for (let run = 0; run < runs; run++) {
      const startedAt = performance.now();
      const memory = run % 2 === 0 ? windows : undefined;
      const outcome = await read(damage(file), undefined, memory).catch((error: unknown) => error);
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
      if (Array.isArray(outcome)) outcomes.read++;
      else if (outcome instanceof SyncError) outcomes.refused++;
      else throw new Error('a damaged file ended as our fault', { cause: outcome });
    }
    expect(outcomes.read + outcomes.refused).toBe(runs);
    expect(outcomes.refused).toBeGreaterThan(runs / 10);
    expect(slowestMs).toBeLessThan(timeMsMax);
    expect(readdirSync('/proc/self/fd').length).toBe(openBefore);
  });
});
