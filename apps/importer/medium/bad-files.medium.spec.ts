import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Failure, RunStagedV1 } from '@tidetable/contracts';
import { createImporterWorld, type ImporterWorld, nothingLeft } from './importer-world.js';

let world: ImporterWorld;
/** A synchronization whose table is in place, with two rows. */
let good: RunStagedV1;
let table: string;

beforeAll(async () => {
  world = await createImporterWorld();
  good = await world.stage('name,lat,lon\na,1,2\nb,3,4\n', { fileName: 'good.csv' });
  expect(await world.import(good)).toBe('imported');
  table = 'demo.good';
});

afterAll(async () => {
  await world.stop();
});

/** Imports a file that cannot be imported in place of the good one; everything else must be as it was. */
async function refuse(
  content: string | Buffer,
  { env, ...overrides }: { env?: Record<string, string>; options?: Partial<RunStagedV1['options']> } = {},
): Promise<Failure> {
  const before = await snapshot();
  const run = await world.stageNext(good, content, overrides);
  expect(await world.import(run, { env })).toBe('failed');
  const event = await world.finished(run);
  expect(await snapshot()).toEqual(before);
  expect(await world.leftovers()).toEqual(nothingLeft);
  if (event.outcome !== 'failed') throw new Error(`the run ended as ${event.outcome}`);
  return event.failure;
}

/** The table that the last good run made, its rows, and all that the importer knows. */
async function snapshot(): Promise<unknown> {
  return {
    oid: await world.column('SELECT $1::regclass::oid', [table]),
    rows: await world.sql(`SELECT * FROM ${table} ORDER BY cartodb_id`),
    ledger: await world.sql('SELECT * FROM tidetable.synchronized_tables'),
    relations: await world.sql(
      `SELECT relnamespace::regnamespace::text, relname FROM pg_class WHERE relnamespace::regnamespace::text !~ '^pg_' ORDER BY 1, 2`,
    ),
  };
}

const wide = (columns: number, value: (column: number) => string, rows = 1): string =>
  `${[
    Array.from({ length: columns }, (_, column) => `c${column}`).join(','),
    ...Array.from({ length: rows }, () =>
      Array.from({ length: columns }, (_, column) => value(column)).join(','),
    ),
  ].join('\n')}\n`;

describe('a file that cannot be imported leaves the table as it was and says why', () => {
  const megabytes = 'a,b\n' + '1,2\n'.repeat(400_000);

  it.each<[string, string | Buffer, Failure]>([
    ['empty', '', { code: 'file-empty', detail: null }],
    ['blank', ' \n\n', { code: 'file-empty', detail: null }],
    ['only a header', 'a,b\n', { code: 'file-without-rows', detail: null }],
    [
      'only a header, longer than its rows are sampled',
      `${'a,'.repeat(500)}b\n\n\n`,
      { code: 'file-without-rows', detail: null },
    ],
    [
      'a web page',
      '<!DOCTYPE html>\n<html><body>Please log in</body></html>',
      { code: 'file-is-web-page', detail: null },
    ],
    [
      'JSON without a table',
      '{"error":"not found"}',
      { code: 'file-type-unsupported', detail: 'it is JSON, but without a list of objects' },
    ],
    ['JSON without rows', '{"type":"menu","items":[]}', { code: 'file-without-rows', detail: null }],
    [
      'JSON that lost its end',
      '[{"a":1},\n{"a":2}',
      { code: 'json-malformed', detail: 'line 2, behind row 2: the file ends too early' },
    ],
    [
      'UTF-8 with bytes of Latin-1 in it',
      Buffer.concat([Buffer.from('a,b\n1,ö\n2,'), Buffer.from('é\n', 'latin1')]),
      { code: 'text-encoding-invalid', detail: 'it is UTF-8, except for bytes that follow after byte 0' },
    ],
    [
      'UTF-8 at first and Latin-1 far behind the beginning',
      Buffer.concat([Buffer.from(`é,b\n${megabytes}`), Buffer.from('3,é\n', 'latin1')]),
      {
        code: 'text-encoding-invalid',
        detail: expect.stringMatching(
          /^it is UTF-8, except for bytes that follow after byte 1\d{6}$/,
        ) as unknown as string,
      },
    ],
    ['a NUL byte', 'a,b\n1,\0\n', { code: 'file-type-unsupported', detail: 'it is a binary file' }],
    [
      'a NUL byte far behind the beginning',
      `${megabytes}3,\0\n`,
      { code: 'text-encoding-invalid', detail: 'it contains NUL bytes' },
    ],
    [
      'a quote that is never closed',
      'a,b\n1,2\n3,"4\n',
      { code: 'csv-malformed', detail: 'a quote opened in the record of line 3 is never closed' },
    ],
    [
      'no row that can be read',
      'a,b\n"3"x,4\n5,6,7\n',
      {
        code: 'rows-rejected',
        detail:
          '2 of 2 rows; line 2: there is text after the quote that closes a value; line 3: the row has more fields than the header',
      },
    ],
    [
      'as many rows that cannot be read as others',
      'a,b\n1,2\n3,4,5\n',
      { code: 'rows-rejected', detail: '1 of 2 rows; line 3: the row has more fields than the header' },
    ],
    [
      'more columns than a table can have',
      wide(1_598, () => '1'),
      { code: 'columns-too-many', detail: 'it has 1598 columns, at most 1597 are possible' },
    ],
    [
      'a row larger than a page',
      wide(1_500, () => '1.5'),
      { code: 'columns-too-many', detail: 'a row would be larger than the database can store' },
    ],
    [
      'a row of texts larger than a page',
      wide(700, () => 'x'.repeat(100)),
      { code: 'columns-too-many', detail: 'a row would be larger than the database can store' },
    ],
    [
      'a key that is missing',
      'cartodb_id,a\n1,x\n,y\n',
      { code: 'cartodb-id-invalid', detail: 'line 3 has no usable value' },
    ],
    [
      'a key that is negative',
      'cartodb_id,a\n1,x\n-2,y\n',
      { code: 'cartodb-id-invalid', detail: 'line 3 has no usable value' },
    ],
    [
      'a key that is no whole number',
      'cartodb_id,a\n1,x\n2.5,y\n',
      { code: 'cartodb-id-invalid', detail: 'line 3 has no usable value' },
    ],
    [
      'a key that occurs twice',
      'cartodb_id,a\n1,x\n2,y\n1,z\n',
      { code: 'cartodb-id-invalid', detail: 'a value occurs twice' },
    ],
    [
      'a key that occurs twice, with geometries',
      'cartodb_id,lat,lon\n1,1,1\n1,2,2\n',
      { code: 'cartodb-id-invalid', detail: 'a value occurs twice' },
    ],
  ])('%s', async (_name, content, failure) => {
    expect(await refuse(content)).toEqual(failure);
  });

  it('too many rows', async () => {
    expect(await refuse('a\n1\n2\n3\n', { env: { ROWS_MAX: '2' } })).toEqual({
      code: 'rows-too-many',
      detail: 'at most 2 are allowed',
    });
    expect(await refuse(megabytes, { env: { ROWS_MAX: '399999' } })).toMatchObject({ code: 'rows-too-many' });
  });

  const polygons = JSON.stringify({
    type: 'FeatureCollection',
    features: [4, 6].map((vertices) => ({
      type: 'Feature',
      properties: { n: vertices },
      geometry: {
        type: 'Polygon',
        coordinates: [Array.from({ length: vertices }, (_, n) => (n === vertices - 1 ? [0, 0] : [n, n * n]))],
      },
    })),
  });

  it.each([
    [
      'columns',
      'columns-too-many',
      'it has 3 columns, at most 2 are allowed',
      'a,b,c\n1,2,3\n',
      'COLUMNS_MAX',
      2,
    ],
    ['rows', 'rows-too-many', 'at most 2 are allowed', 'a\n1\n2\n3\n', 'ROWS_MAX', 2],
    [
      'vertices',
      'geometry-too-large',
      'line 2 has 6 vertices, at most 5 are allowed',
      polygons,
      'VERTICES_MAX',
      5,
    ],
    [
      'vertices',
      'geometry-too-large',
      'line 3 has 3 vertices, at most 2 are allowed',
      'n,wkt\n1,"LINESTRING (0 0, 1 1)"\n2,"LINESTRING (0 0, 1 1, 2 3)"\n',
      'VERTICES_MAX',
      2,
    ],
  ] as const)(
    'more %s than the installation, or the account, may have',
    async (name, code, detail, content, variable, max) => {
      const exceeding = { [variable]: String(max) };
      expect(await refuse(content, { env: exceeding })).toEqual({ code, detail });
      const limits = { [name]: max };
      expect(await refuse(content, { options: { limits } })).toEqual({ code, detail });
      // What an account may do more than others counts, too.
      const run = await world.stage(content, {
        fileName: `more_${name}.csv`,
        options: { limits: { [name]: max + 1 } },
      });
      expect(await world.import(run, { env: exceeding })).toBe('imported');
    },
  );

  it('a table that takes more than is left of the storage of its account', async () => {
    const stage = (tableBytes: number): ReturnType<typeof world.stage> =>
      world.stage('v\n1\n', { fileName: 'storage.csv', options: { limits: { tableBytes } } });
    const refused = await stage(1);
    expect(await world.import(refused)).toBe('failed');
    expect(await world.finished(refused)).toMatchObject({
      failure: {
        code: 'storage-exceeded',
        detail: expect.stringMatching(/^the table has \d+ bytes, and 1 are left$/),
      },
    });
    const taken = await stage(1_000_000);
    expect(await world.import(taken)).toBe('imported');
    const { report } = (await world.finished(taken)) as { report: { table: string; tableBytes: number } };
    const [bytes] = await world.column<string>('SELECT pg_total_relation_size($1::regclass)', [
      `demo.${report.table}`,
    ]);
    expect(report.tableBytes).toBe(Number(bytes));
  });

  it('too many rows that cannot be read, also behind a value that disproves a type', async () => {
    const bad = '1,2,3\n'.repeat(11);
    const strict = { env: { REJECTED_ROWS_MAX_RATIO: '0.00002' } };
    expect(await refuse(`${megabytes}${bad}`, strict)).toMatchObject({ code: 'rows-rejected' });
    expect(await refuse(`${megabytes}x,y\n${bad}`, strict)).toMatchObject({
      code: 'rows-rejected',
      detail: expect.stringMatching(/^11 of 400012 rows; line 400003: /),
    });
  });
});

describe('a file at the limit is imported', () => {
  it('with as many columns as a table can have besides ours', async () => {
    const run = await world.stage(
      wide(1_597, (column) => (column < 1_000 ? '' : 't')).replaceAll(/,t\b/g, ',true'),
      { fileName: 'wide.csv' },
    );
    expect(await world.import(run)).toBe('imported');
    expect(
      await world.column(
        `SELECT count(*)::int FROM pg_attribute WHERE attrelid = 'demo.wide'::regclass AND attnum > 0`,
      ),
    ).toEqual([1_600]);
  });

  it('with as many rows as are allowed', async () => {
    const run = await world.stage('a\n1\n2\n', { fileName: 'rows.csv' });
    expect(await world.import(run, { env: { ROWS_MAX: '2' } })).toBe('imported');
    expect(await world.column('SELECT count(*)::int FROM demo.rows')).toEqual([2]);
  });
});
