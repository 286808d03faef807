import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Failure, ImportReport } from '@tidetable/contracts';
import { type ColumnSource, ByteWriter, parquetWrite } from 'hyparquet-writer';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { createImporterWorld, type ImporterWorld, nothingLeft } from './importer-world.js';

type SchemaElement = NonNullable<Parameters<typeof parquetWrite>[0]['schema']>[number];

let world: ImporterWorld;

beforeAll(async () => {
  world = await createImporterWorld();
});

afterEach(async () => {
  expect(await world.leftovers()).toEqual(nothingLeft);
});

afterAll(async () => {
  await world.stop();
});

interface FileOptions {
  schema?: SchemaElement[];
  codec?: 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP' | 'BROTLI' | 'ZSTD' | 'LZ4_RAW';
  rowGroupSize?: number;
  pageSize?: number;
  geo?: object;
}

/** A frame of Zstandard whose blocks hold what they stand for as it is. */
function packZstandard(bytes: Uint8Array): Buffer {
  const blockBytesMax = 100_000;
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  header.writeUInt32LE(bytes.length, 5);
  const parts = [header];
  for (let at = 0; at === 0 || at < bytes.length; at += blockBytesMax) {
    const block = bytes.subarray(at, at + blockBytesMax);
    const blockHeader = Buffer.alloc(3);
    blockHeader.writeUIntLE(block.length * 8 + (at + blockBytesMax >= bytes.length ? 1 : 0), 0, 3);
    parts.push(blockHeader, Buffer.from(block));
  }
  return Buffer.concat(parts);
}

/** A block of LZ4 of nothing but literals. */
function packLz4(bytes: Uint8Array): Buffer {
  const more = bytes.length - 15;
  const lengths = more < 0 ? [] : [...Array<number>(Math.floor(more / 255)).fill(255), more % 255];
  return Buffer.concat([Buffer.from([Math.min(15, bytes.length) << 4, ...lengths]), bytes]);
}

function parquet(columnData: ColumnSource[], options: FileOptions = {}): Buffer {
  const { geo, ...others } = options;
  const writer = new ByteWriter();
  const kvMetadata = geo === undefined ? [] : [{ key: 'geo', value: JSON.stringify(geo) }];
  // With a writer in memory it is done when it returns.
  void parquetWrite({
    writer,
    columnData,
    kvMetadata,
    compressors: {
      GZIP: (bytes: Uint8Array) => gzipSync(bytes),
      BROTLI: (bytes: Uint8Array) => brotliCompressSync(bytes),
      ZSTD: packZstandard,
      LZ4_RAW: packLz4,
    },
    ...others,
  });
  return Buffer.from(writer.getBuffer());
}

async function importFile(content: Buffer): Promise<ImportReport> {
  const staged = await world.stage(content);
  await world.import(staged);
  const event = await world.finished(staged);
  if (event.outcome !== 'imported') throw new Error(JSON.stringify(event));
  return event.report;
}

async function refuse(content: Buffer): Promise<Failure> {
  const staged = await world.stage(content);
  await world.import(staged);
  const event = await world.finished(staged);
  if (event.outcome !== 'failed') throw new Error(`the run ended as ${event.outcome}`);
  return event.failure;
}

const ownColumns = new Set(['cartodb_id', 'the_geom', 'the_geom_webmercator']);

/** The types of a table's columns, and their values row by row as PostgreSQL writes them. */
async function tableOf(report: ImportReport): Promise<{ types: Record<string, string>; rows: unknown[][] }> {
  const columns = report.columns.filter(({ name }) => !ownColumns.has(name));
  const list = columns.map(({ name }) => `"${name}"::text`).join(', ');
  const rows = await world.sql(
    `SELECT json_build_array(${list}) AS row FROM demo.${report.table} ORDER BY cartodb_id`,
  );
  return {
    types: Object.fromEntries(columns.map(({ name, type }) => [name, type])),
    rows: rows.map((row) => (row as { row: unknown[] }).row),
  };
}

const column = (name: string, data: unknown[], more: Partial<ColumnSource> = {}): ColumnSource => ({
  name,
  data,
  ...more,
});
/** A file of one column, `v`, that is described by its element of the schema. */
const described = (element: Partial<SchemaElement>, data: unknown[]): Buffer =>
  parquet([column('v', data)], {
    schema: [
      { name: 'root', num_children: 1 },
      { name: 'v', repetition_type: 'OPTIONAL', ...element },
    ],
  });
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('the types of a Parquet file are those of the table', () => {
  it.each<[string, () => Buffer, string, (string | null)[]]>([
    [
      'yes and no',
      () => described({ type: 'BOOLEAN' }, [true, false, null]),
      'boolean',
      ['true', 'false', null],
    ],
    [
      'whole numbers',
      () => described({ type: 'INT32' }, [-(2 ** 31), 7, null]),
      'integer',
      ['-2147483648', '7', null],
    ],
    [
      'small whole numbers',
      () => described({ type: 'INT32', converted_type: 'UINT_8' }, [255]),
      'integer',
      ['255'],
    ],
    [
      'whole numbers without sign',
      () => described({ type: 'INT32', converted_type: 'UINT_32' }, [4294967295]),
      'bigint',
      ['4294967295'],
    ],
    [
      'long whole numbers',
      () => described({ type: 'INT64' }, [-(2n ** 63n), 9007199254740993n]),
      'bigint',
      ['-9223372036854775808', '9007199254740993'],
    ],
    [
      'long whole numbers without sign',
      () => described({ type: 'INT64', converted_type: 'UINT_64' }, [18446744073709551615n]),
      'numeric',
      ['18446744073709551615'],
    ],
    [
      'floats, in their own digits',
      () => described({ type: 'FLOAT' }, [0.1, -2.5, 16777217]),
      'double precision',
      ['0.1', '-2.5', '16777216'],
    ],
    [
      'doubles',
      () => described({ type: 'DOUBLE' }, [0.1, 1e300, -0]),
      'double precision',
      ['0.1', '1e+300', '0'],
    ],
    [
      'doubles that are no numbers',
      () => described({ type: 'DOUBLE' }, [1.5, NaN, -Infinity]),
      'double precision',
      ['1.5', 'NaN', '-Infinity'],
    ],
    [
      'half floats',
      () => parquet([column('v', [1.5, -0.25, null], { type: 'FLOAT16' })]),
      'double precision',
      ['1.5', '-0.25', null],
    ],
    [
      'decimals, digit by digit',
      () =>
        described(
          { type: 'INT64', converted_type: 'DECIMAL', scale: 2, precision: 18 },
          [12345678901234.5, -0.05],
        ),
      'numeric',
      ['12345678901234.50', '-0.05'],
    ],
    [
      'decimals in bytes',
      () =>
        described(
          { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 4, converted_type: 'DECIMAL', scale: 3, precision: 9 },
          [-1.234],
        ),
      'numeric',
      ['-1.234'],
    ],
    [
      'days',
      () =>
        described({ type: 'INT32', converted_type: 'DATE' }, [
          new Date('2020-02-29'),
          new Date('1900-01-01'),
          null,
        ]),
      'date',
      ['2020-02-29', '1900-01-01', null],
    ],
    [
      'times with a zone',
      () =>
        parquet([
          column('v', [new Date('2020-01-02T03:04:05.678Z'), new Date('1969-12-31T23:59:59Z')], {
            type: 'TIMESTAMP',
          }),
        ]),
      'timestamp with time zone',
      ['2020-01-02 03:04:05.678+00', '1969-12-31 23:59:59+00'],
    ],
    [
      'times without a zone',
      () =>
        described(
          { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' } },
          [1577934245678901n],
        ),
      'timestamp without time zone',
      ['2020-01-02 03:04:05.678901'],
    ],
    [
      'times of day',
      () =>
        described({ type: 'INT64', logical_type: { type: 'TIME', isAdjustedToUTC: false, unit: 'MICROS' } }, [
          0n,
          86_399_999_999n,
        ]),
      'time without time zone',
      ['00:00:00', '23:59:59.999999'],
    ],
    [
      'text, as it is',
      () => described({ type: 'BYTE_ARRAY', converted_type: 'UTF8' }, ['007', '', ' 1 ', 'äö😀', null]),
      'text',
      ['007', '', ' 1 ', 'äö😀', null],
    ],
    [
      'text of a choice',
      () => described({ type: 'BYTE_ARRAY', logical_type: { type: 'ENUM' } }, [Buffer.from('a')]),
      'text',
      ['a'],
    ],
    [
      'JSON',
      () => parquet([column('v', [{ a: [1, null] }, null], { type: 'JSON' })]),
      'text',
      ['{"a":[1,null]}', null],
    ],
    [
      'identifiers',
      () => parquet([column('v', ['00112233-4455-6677-8899-aabbccddeeff'], { type: 'UUID' })]),
      'text',
      ['00112233-4455-6677-8899-aabbccddeeff'],
    ],
    ['bytes that are text', () => described({ type: 'BYTE_ARRAY' }, [Buffer.from('añb')]), 'text', ['añb']],
    [
      'bytes that are not',
      () => described({ type: 'BYTE_ARRAY' }, [bytes(0xff, 0), bytes(0, 1)]),
      'text',
      ['\\xff00', '\\x0001'],
    ],
    [
      'bytes of a fixed length',
      () => described({ type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2 }, [bytes(0xab, 0xcd)]),
      'text',
      ['\\xabcd'],
    ],
  ])('%s', async (_what, make, type, values) => {
    const { types, rows } = await tableOf(await importFile(make()));
    expect({ type: types['v'], values: rows.flat() }).toEqual({ type, values });
  });

  it('times finer than microseconds are cut, with a warning', async () => {
    const logical_type = { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' } as const;
    const report = await importFile(
      described({ type: 'INT64', logical_type }, [1577934245000001500n, 1577934245000002000n]),
    );
    expect((await tableOf(report)).rows.flat()).toEqual([
      '2020-01-02 03:04:05.000001+00',
      '2020-01-02 03:04:05.000002+00',
    ]);
    expect(report.warnings).toEqual(['1 time is cut to microseconds; a table cannot keep more.']);
  });

  it('lists, maps and structures are JSON', async () => {
    const schema: SchemaElement[] = [
      { name: 'root', num_children: 3 },
      { name: 'l', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', repetition_type: 'OPTIONAL', type: 'INT64' },
      { name: 's', repetition_type: 'OPTIONAL', num_children: 2 },
      { name: 'a', repetition_type: 'OPTIONAL', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
      { name: 'd', repetition_type: 'OPTIONAL', type: 'INT32', converted_type: 'DATE' },
      { name: 'm', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'MAP' },
      { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
      { name: 'key', repetition_type: 'REQUIRED', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
      { name: 'value', repetition_type: 'OPTIONAL', type: 'DOUBLE' },
    ];
    const many = Array.from({ length: 3_000 }, (_, i) => BigInt(i));
    const file = parquet(
      [
        column('l', [[1n, null, 2n ** 60n], [], null, many]),
        column('s', [{ a: 'x', d: new Date('2020-01-02') }, { a: null, d: null }, null, { a: 'y', d: null }]),
        column('m', [{ k: 1.5, q: null }, {}, null, { k: 2 }]),
      ],
      { schema, pageSize: 1_000 },
    );
    expect((await tableOf(await importFile(file))).rows).toEqual([
      ['[1,null,"1152921504606846976"]', '{"a":"x","d":"2020-01-02"}', '{"k":1.5,"q":null}'],
      ['[]', '{"a":null,"d":null}', '{}'],
      [null, null, null],
      [JSON.stringify(many.map(Number)), '{"a":"y","d":null}', '{"k":2}'],
    ]);
  });
});

describe('a Parquet file is read whole, however it is written', () => {
  const count = 5_000;
  const ids = Array.from({ length: count }, (_, i) => i);
  const columns = (): ColumnSource[] => [
    column('id', ids, { type: 'INT32' }),
    column(
      'kind',
      ids.map((i) => (i % 7 === 0 ? null : `kind ${i % 3}`)),
      { type: 'STRING' },
    ),
    column(
      'name',
      ids.map((i) => `name ${i}`),
      { type: 'STRING' },
    ),
    column(
      'delta',
      ids.map((i) => BigInt(i * i)),
      { type: 'INT64', encoding: 'DELTA_BINARY_PACKED' },
    ),
    column(
      'flag',
      ids.map((i) => i % 2 === 0),
      { type: 'BOOLEAN' },
    ),
  ];

  it.each<[string, FileOptions]>([
    ['in one group and large pages', {}],
    ['in many groups', { rowGroupSize: 700 }],
    ['in small pages', { pageSize: 512 }],
    ['without compression', { codec: 'UNCOMPRESSED', rowGroupSize: 2_000, pageSize: 4_096 }],
    ['with gzip', { codec: 'GZIP' }],
    ['with Zstandard', { codec: 'ZSTD', pageSize: 4_096 }],
    ['with LZ4', { codec: 'LZ4_RAW', pageSize: 4_096 }],
    ['with Brotli', { codec: 'BROTLI', pageSize: 4_096 }],
  ])('%s', async (_what, options) => {
    const report = await importFile(parquet(columns(), options));
    expect(report.rows).toBe(count);
    const [sums] = await world.sql(
      `SELECT count(*) FILTER (WHERE kind = 'kind ' || id % 3 OR kind IS NULL AND id % 7 = 0)::int AS kinds,
              count(*) FILTER (WHERE name = 'name ' || id)::int AS names,
              count(*) FILTER (WHERE delta = id::bigint * id)::int AS deltas,
              count(*) FILTER (WHERE flag = (id % 2 = 0))::int AS flags FROM demo.${report.table}`,
    );
    expect(sums).toEqual({ kinds: count, names: count, deltas: count, flags: count });
  });
});

/** Well-known binary, by hand, so that it may be written in any way. */
function wkbPoint(x: number, y: number, { big = false, type = 1, more = [] as number[] } = {}): Buffer {
  const point = Buffer.alloc(21 + 8 * more.length);
  point[0] = big ? 0 : 1;
  if (big) point.writeUInt32BE(type, 1);
  else point.writeUInt32LE(type, 1);
  [x, y, ...more].forEach((value, at) => {
    if (big) point.writeDoubleBE(value, 5 + 8 * at);
    else point.writeDoubleLE(value, 5 + 8 * at);
  });
  return point;
}

/** Well-known binary as PostGIS extends it: with the number of a reference system. */
function ewkbPoint(srid: number, x: number, y: number): Buffer {
  const named = Buffer.alloc(4);
  named.writeUInt32LE(srid);
  const point = wkbPoint(x, y, { type: 0x20000001 });
  return Buffer.concat([point.subarray(0, 5), named, point.subarray(5)]);
}

const wkbLine = (...places: number[]): Buffer => {
  const line = Buffer.alloc(9 + 8 * places.length);
  line[0] = 1;
  line.writeUInt32LE(2, 1);
  line.writeUInt32LE(places.length / 2, 5);
  places.forEach((value, at) => line.writeDoubleLE(value, 9 + 8 * at));
  return line;
};

const geoOf = (crs?: unknown, more: object = {}): object => ({
  version: '1.1.0',
  primary_column: 'geometry',
  columns: {
    geometry: { encoding: 'WKB', geometry_types: [], ...(crs === undefined ? {} : { crs }), ...more },
  },
});

function geoParquet(geometries: unknown[], geo: object, more: ColumnSource[] = []): Buffer {
  return parquet(
    [
      column(
        'n',
        geometries.map((_, i) => i),
        { type: 'INT32' },
      ),
      column('geometry', geometries, { type: 'BYTE_ARRAY' }),
      ...more,
    ],
    { geo },
  );
}

const placesOf = (report: ImportReport): Promise<(string | null)[]> =>
  world.column(`SELECT ST_AsText(the_geom, 6) FROM demo.${report.table} ORDER BY cartodb_id`);

describe('GeoParquet', () => {
  it('becomes geometry, in two dimensions, whichever way it is written', async () => {
    const report = await importFile(
      geoParquet(
        [
          wkbPoint(-3, 40),
          wkbPoint(-3, 40, { big: true }),
          wkbPoint(-3, 40, { type: 1001, more: [99] }),
          wkbPoint(-3, 40, { type: 3001, more: [99, 7] }),
          wkbPoint(-3, 40, { type: 0x80000001, more: [99] }),
          wkbLine(-3, 40, -3, 41),
          null,
        ],
        geoOf(),
      ),
    );
    expect(await placesOf(report)).toEqual([
      ...Array<string>(5).fill('POINT(-3 40)'),
      'MULTILINESTRING((-3 40,-3 41))',
      null,
    ]);
    expect(report.columns.map(({ name }) => name)).toEqual([
      'cartodb_id',
      'the_geom',
      'the_geom_webmercator',
      'n',
    ]);
    expect(
      await world.column(
        `SELECT count(*)::int FROM demo.${report.table} WHERE ST_SRID(the_geom_webmercator) = 3857`,
      ),
    ).toEqual([6]);
  });

  it.each<[string, unknown]>([
    ['none named', undefined],
    ['OGC:CRS84', { type: 'GeographicCRS', name: 'x', id: { authority: 'OGC', code: 'CRS84' } }],
    ['EPSG:4326, still x first', { id: { authority: 'EPSG', code: 4326 } }],
    ['WGS 84 by its name', { type: 'GeographicCRS', name: 'WGS 84 (CRS84)' }],
    ['EPSG:3857', { type: 'ProjectedCRS', id: { authority: 'EPSG', code: 3857 } }],
  ])('in the reference system %s', async (name, crs) => {
    const isDegrees = name !== 'EPSG:3857';
    const [x, y] = isDegrees ? [-3, 40] : [-333958.47238, 4865942.279503];
    expect(await placesOf(await importFile(geoParquet([wkbPoint(x, y)], geoOf(crs))))).toEqual([
      'POINT(-3 40)',
    ]);
  });

  it.each<[string, object, () => unknown[]]>([
    [
      'by the number of its authority',
      { name: 'ETRS89 / UTM zone 30N', id: { authority: 'EPSG', code: 25830 } },
      () => [wkbPoint(500_000, 4_427_757.2), wkbPoint(500_000, 4_427_757.2, { big: true }), null],
    ],
    [
      'by each value, in EWKB',
      { id: { authority: 'OGC', code: 'CRS84' } },
      () => [ewkbPoint(25_830, 500_000, 4_427_757.2), wkbPoint(-3, 40), null],
    ],
  ])('is brought into degrees out of any other, named %s', async (_what, crs, geometries) => {
    const report = await importFile(geoParquet(geometries(), geoOf(crs)));
    expect(
      await world.column(`SELECT ST_AsText(the_geom, 4) FROM demo.${report.table} ORDER BY cartodb_id`),
    ).toEqual(['POINT(-3 40)', 'POINT(-3 40)', null]);
    expect(
      await world.column(
        `SELECT count(*)::int FROM demo.${report.table} WHERE ST_SRID(the_geom_webmercator) = 3857`,
      ),
    ).toEqual([2]);
  });

  it('is not needed: coordinates in columns, or WKB in one, make points as well', async () => {
    const coordinates = parquet([column('lat', [40, 41]), column('lon', [-3, -4])]);
    expect(await placesOf(await importFile(coordinates))).toEqual(['POINT(-3 40)', 'POINT(-4 41)']);
    const bare = parquet([column('geometry', [wkbPoint(-3, 40), null], { type: 'BYTE_ARRAY' })]);
    expect(await placesOf(await importFile(bare))).toEqual(['POINT(-3 40)', null]);
  });

  it('has places of its own before columns that are called like coordinates, and no column of extents', async () => {
    const schema: SchemaElement[] = [
      { name: 'root', num_children: 3 },
      { name: 'lat', repetition_type: 'OPTIONAL', type: 'DOUBLE' },
      { name: 'geometry', repetition_type: 'OPTIONAL', type: 'BYTE_ARRAY' },
      { name: 'bbox', repetition_type: 'OPTIONAL', num_children: 1 },
      { name: 'xmin', repetition_type: 'OPTIONAL', type: 'DOUBLE' },
    ];
    const geo = geoOf(undefined, { covering: { bbox: { xmin: ['bbox', 'xmin'] } } });
    const file = parquet(
      [column('lat', [1.5]), column('geometry', [wkbPoint(-3, 40)]), column('bbox', [{ xmin: 1 }])],
      { schema, geo },
    );
    const report = await importFile(file);
    expect(await placesOf(report)).toEqual(['POINT(-3 40)']);
    expect((await tableOf(report)).types).toEqual({ lat: 'double precision' });
  });

  it('of points as structures, in degrees or not', async () => {
    const schema: SchemaElement[] = [
      { name: 'root', num_children: 1 },
      { name: 'geometry', repetition_type: 'OPTIONAL', num_children: 2 },
      { name: 'x', repetition_type: 'REQUIRED', type: 'DOUBLE' },
      { name: 'y', repetition_type: 'REQUIRED', type: 'DOUBLE' },
    ];
    const file = (geo: object, x: number, y: number): Buffer =>
      parquet([column('geometry', [{ x, y }, null])], { schema, geo });
    const degrees = file(geoOf(undefined, { encoding: 'point' }), -3, 40);
    expect(await placesOf(await importFile(degrees))).toEqual(['POINT(-3 40)', null]);
    const metres = file(geoOf('EPSG:25830', { encoding: 'point' }), 500_000, 4_427_757.218);
    expect(await placesOf(await importFile(metres))).toEqual(['POINT(-3 40)', null]);
  });

  it('that the schema tells, without metadata', async () => {
    const file = parquet([column('shape', [{ type: 'Point', coordinates: [-3, 40] }], { type: 'GEOMETRY' })]);
    expect(await placesOf(await importFile(file))).toEqual(['POINT(-3 40)']);
  });

  it('whose bytes are no geometry has none there, with a warning', async () => {
    const report = await importFile(
      geoParquet([wkbPoint(1, 2), bytes(1, 2, 3), wkbPoint(1, 2, { type: 9 })], geoOf()),
    );
    expect(await placesOf(report)).toEqual(['POINT(1 2)', null, null]);
    expect(report.warnings).toContain('2 values are no geometry that can be read, on lines 2, 3.');
  });

  it.each<[string, object, Failure]>([
    [
      'another reference system',
      geoOf({ name: 'Grid of the town', id: { authority: 'TOWN', code: 7 } }),
      { code: 'crs-unknown', detail: 'Grid of the town (TOWN:7)' },
    ],
    [
      'a reference system that PostGIS does not know',
      geoOf({ name: 'x', id: { authority: 'EPSG', code: 999 } }),
      { code: 'crs-unknown', detail: 'SRID 999' },
    ],
    [
      'a reference system that is said to be none',
      geoOf(null),
      { code: 'crs-unknown', detail: 'it says that it has none' },
    ],
    [
      'another encoding',
      geoOf(undefined, { encoding: 'linestring' }),
      {
        code: 'file-type-unsupported',
        detail: 'it is a Parquet file whose geometries are neither WKB nor points',
      },
    ],
  ])('in %s is refused', async (_what, geo, failure) => {
    expect(await refuse(geoParquet([wkbPoint(1, 2)], geo))).toEqual(failure);
  });
});

describe('a Parquet file that cannot be read says why', () => {
  const good = (): Buffer =>
    parquet(
      [
        column(
          'id',
          Array.from({ length: 200 }, (_, i) => i),
          { type: 'INT32' },
        ),
        column(
          'name',
          Array.from({ length: 200 }, (_, i) => `name ${i % 50}`),
          { type: 'STRING' },
        ),
      ],
      { pageSize: 256 },
    );

  it.each<[string, () => Buffer, Failure]>([
    [
      'without rows',
      () => parquet([column('id', [], { type: 'INT32' })]),
      { code: 'file-without-rows', detail: null },
    ],
    [
      'that lost its end',
      () => good().subarray(0, -10),
      { code: 'file-unreadable', detail: 'it looks like a Parquet file, whose end is missing' },
    ],
    [
      'with an encrypted footer',
      () => Buffer.concat([Buffer.from('PARE\x20\0\0\0'), Buffer.alloc(60), Buffer.from('\x20\0\0\0PARE')]),
      { code: 'archive-encrypted', detail: 'it is a Parquet file' },
    ],
    [
      'with text that is none',
      () => described({ type: 'BYTE_ARRAY', converted_type: 'UTF8' }, [bytes(0xff)]),
      { code: 'text-encoding-invalid', detail: 'it is a Parquet file, column v' },
    ],
  ])('%s', async (_what, make, failure) => {
    expect(await refuse(make())).toEqual(failure);
  });

  it('damaged anywhere, it becomes a table or ends with a code, and leaves nothing behind', async () => {
    const file = good();
    let state = 7;
    const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
    for (let run = 0; run < 15; run++) {
      const damaged = Buffer.from(file);
      for (let flips = 0; flips <= random(3); flips++) damaged[4 + random(file.length - 8)] = random(256);
      const staged = await world.stage(damaged);
      await world.import(staged);
      const event = await world.finished(staged);
      expect(event.outcome === 'imported' || event.outcome === 'failed').toBe(true);
      if (event.outcome === 'failed') expect(event.failure.code).not.toBe('internal');
    }
  });
});
