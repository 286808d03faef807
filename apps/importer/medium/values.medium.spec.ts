import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ImportReport, RunStagedV1 } from '@tidetable/contracts';
import { waitFor } from '@tidetable/test-harness';
import { to as copyTo } from 'pg-copy-streams';
import { openCsv } from '../src/formats/csv/csv-reader.js';
import { loadTable } from '../src/load/load-table.js';
import { RejectedRows } from '../src/load/rejected-rows.js';
import { createImporterWorld, type ImporterWorld, nothingLeft } from './importer-world.js';

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

/** Imports a file and returns what the scheduler is told about the table. */
async function importFile(
  content: string | Buffer,
  options: Partial<RunStagedV1['options']> = {},
): Promise<ImportReport> {
  const run = await world.stage(content, { options });
  expect(await world.import(run)).toBe('imported');
  const event = await world.finished(run);
  if (event.outcome !== 'imported') throw new Error(`the run ended as ${event.outcome}`);
  return event.report;
}

const typesOf = (report: ImportReport): Record<string, string> =>
  Object.fromEntries(
    report.columns.filter((column) => column.header !== null).map(({ name, type }) => [name, type]),
  );

const rowsOf = <R extends object>(report: ImportReport, columns = '*'): Promise<R[]> =>
  world.sql<R>(`SELECT ${columns} FROM demo.${report.table} ORDER BY cartodb_id`);

/** The file's own columns as PostgreSQL writes them into a CSV file. */
async function copyOut(report: ImportReport): Promise<string> {
  const client = await world.connect();
  try {
    const columns = report.columns.filter((column) => column.header !== null).map(({ name }) => name);
    return await text(
      client.query(
        copyTo(
          `COPY (SELECT ${columns.join(', ')} FROM demo.${report.table} ORDER BY cartodb_id) TO STDOUT (FORMAT csv, HEADER)`,
        ),
      ),
    );
  } finally {
    await client.end();
  }
}

/** As PostgreSQL writes it: quotes only where they are needed, nothing for NULL. */
function csvField(value: string | null): string {
  if (value === null) return '';
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** A generator that gives the same numbers on every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('values', () => {
  it('arrive exactly, of every type, also NULL and the empty string, and any character', async () => {
    const random = seeded(42);
    const two = (value: number): string => String(value).padStart(2, '0');
    const date = (): string => `${1000 + random(2000)}-${two(1 + random(12))}-${two(1 + random(28))}`;
    const time = (): string => `${two(random(24))}:${two(random(60))}:${two(random(60))}`;
    const character = (): string => {
      const ranges = [
        [1, 0x7f],
        [0x80, 0x7ff],
        [0x800, 0xd7ff],
        [0xe000, 0xfffd],
        [0x10000, 0x10ffff],
      ] as const;
      const [from, to] = ranges[random(ranges.length)]!;
      return String.fromCodePoint(from + random(to - from + 1));
    };
    const or = (value: string | null): string | null => (random(10) === 0 ? null : value);
    const lines = ['i,b,d,yes,day,at,at_zone,words'];
    for (let n = 0; n < 3_000; n++) {
      const fields = [
        or(String(random(2 ** 32) - 2 ** 31)),
        or(
          String(
            BigInt(random(2 ** 31)) * 4_294_967_296n * (random(2) === 0 ? 1n : -1n) + BigInt(random(2 ** 31)),
          ),
        ),
        or(String((random(2 ** 31) - 2 ** 30) / [1, 7, 1000, 100_000][random(4)]!)),
        or(random(2) === 0 ? 't' : 'f'),
        or(date()),
        or(`${date()} ${time()}`),
        or(
          `${1800 + random(400)}-01-02 ${time()}.${random(1_000_000)}1+00`
            .replace(/(\.\d{6})\d+/, '$1')
            .replace(/0+\+/, '+'),
        ),
        or(Array.from({ length: random(30) }, character).join('')),
      ];
      lines.push(fields.map(csvField).join(','));
    }
    const file = `${lines.join('\n')}\n`;
    const report = await importFile(file);
    expect(typesOf(report)).toEqual({
      i: 'integer',
      b: 'bigint',
      d: 'double precision',
      yes: 'boolean',
      day: 'date',
      at: 'timestamp without time zone',
      at_zone: 'timestamp with time zone',
      words: 'text',
    });
    expect(report.rows).toBe(3_000);
    const copied = await copyOut(report);
    // Not toBe on the whole, which would print megabytes.
    const wrong = copied.split('\n').findIndex((line, index) => line !== file.split('\n')[index]);
    expect(wrong === -1 ? null : [file.split('\n')[wrong], copied.split('\n')[wrong]]).toBeNull();
    expect(copied.length).toBe(file.length);
  });

  it('are the same whatever the delimiter, the line end and a byte order mark', async () => {
    const variants = [
      'a,b,c\n1,"x,y",2.5\n2,,\n',
      '\ufeffa;b;c\r\n1;x,y;2.5\r\n2;;\r\n',
      'a\tb\tc\r1\tx,y\t2.5\r2\t\t',
      'a|b|c\n\n1|"x,y"|"2.5"\n2||\n\n',
    ];
    for (const variant of variants) {
      expect(await rowsOf(await importFile(variant), 'cartodb_id, a, b, c')).toEqual([
        { cartodb_id: '1', a: 1, b: 'x,y', c: 2.5 },
        { cartodb_id: '2', a: 2, b: null, c: null },
      ]);
    }
  });

  it('tell the empty string from NULL in text, and have no empty numbers', async () => {
    const report = await importFile('words,number\n"",""\n,\nx,1\n');
    expect(await rowsOf(report, 'words, number')).toEqual([
      { words: '', number: null },
      { words: null, number: null },
      { words: 'x', number: 1 },
    ]);
  });

  it('keep leading zeros, signs and long ids', async () => {
    const report = await importFile('zip,phone,id\n00501,+34911234567,12345678901234567890\n90210,+1555,1\n');
    expect(typesOf(report)).toEqual({ zip: 'text', phone: 'text', id: 'text' });
    expect(await rowsOf(report, 'zip, phone, id')).toEqual([
      { zip: '00501', phone: '+34911234567', id: '12345678901234567890' },
      { zip: '90210', phone: '+1555', id: '1' },
    ]);
  });

  it('are text when types are not to be guessed, coordinates included', async () => {
    const report = await importFile('lat,lon,n\n1,2,007\n', { typeGuessing: false });
    expect(await rowsOf(report, 'lat, lon, n, the_geom')).toEqual([
      { lat: '1', lon: '2', n: '007', the_geom: null },
    ]);
    expect(report.geometries).toBeNull();
  });

  it('are text where they are quoted, when quoted fields are not to be guessed', async () => {
    const report = await importFile('a,b,cartodb_id\n"1",1,"7"\n', { quotedFieldsGuessing: false });
    expect(await rowsOf(report, 'cartodb_id, a, b')).toEqual([{ cartodb_id: '7', a: '1', b: 1 }]);
  });

  it('get names for columns that have none, and keep headers that need quotes apart from SQL', async () => {
    const report = await importFile('Date Due,date-due,,select,"a""; DROP TABLE x; --"\n1,2,3,4,5\n');
    expect(report.columns.slice(3).map(({ name, header }) => [name, header])).toEqual([
      ['date_due', 'Date Due'],
      ['date_due_1', 'date-due'],
      ['field_3', null],
      ['_select', 'select'],
      ['a_drop_table_x_', 'a"; DROP TABLE x; --'],
    ]);
    expect(await rowsOf(report, 'date_due_1, field_3, _select')).toEqual([
      { date_due_1: 2, field_3: 3, _select: 4 },
    ]);
  });

  it('of short rows are completed with NULL, and the report says so', async () => {
    const report = await importFile('a,b\n1\n2,3\n');
    expect(await rowsOf(report, 'a, b')).toEqual([
      { a: 1, b: null },
      { a: 2, b: 3 },
    ]);
    expect(report.warnings).toEqual(['1 row has fewer fields than the header; the missing ones are empty.']);
  });

  it('larger than a piece of the copy arrive whole', async () => {
    const long = 'ü'.repeat(1_500_000);
    const report = await importFile(`id,long\n1,${long}\n2,"${long}"\n`);
    const lengths = await rowsOf<{ length: number; md5: string }>(report, 'length(long), md5(long)');
    expect(lengths[0]).toEqual(lengths[1]);
    expect(lengths[0]!.length).toBe(1_500_000);
  });
});

describe('values as people write them', () => {
  it('are loaded as what they mean, and the report says what they lost', async () => {
    const report = await importFile(
      'day;at;price;share;count;exact;clock\n' +
        '31/12/2024;12/31/2024 1:05 PM;1.234,50 €;12,5 %;1.000.000;0.1234567890123456789;10:11\n' +
        '01/02/2024;01/02/2024 12:00 AM;-7,00 €;NA;-;12345678901234567890;23:59:59.5\n',
    );
    expect(typesOf(report)).toEqual({
      day: 'date',
      at: 'timestamp without time zone',
      price: 'double precision',
      share: 'double precision',
      count: 'integer',
      exact: 'numeric',
      clock: 'time without time zone',
    });
    expect(
      await rowsOf(report, 'day::text, at::text, price, share, count, exact::text, clock::text'),
    ).toEqual([
      {
        day: '2024-12-31',
        at: '2024-12-31 13:05:00',
        price: 1234.5,
        share: 12.5,
        count: 1_000_000,
        exact: '0.1234567890123456789',
        clock: '10:11:00',
      },
      {
        day: '2024-02-01',
        at: '2024-01-02 00:00:00',
        price: -7,
        share: null,
        count: null,
        exact: '12345678901234567890',
        clock: '23:59:59.5',
      },
    ]);
    expect(report.warnings).toEqual([
      'Column price holds amounts without the sign of their currency.',
      'Column share holds percentages as they are written, without the sign: 12% is 12.',
      'Column share is empty where the file has a word for nothing (NULL, NA, N/A, - or \\N): in 1 row.',
      'Column count is empty where the file has a word for nothing (NULL, NA, N/A, - or \\N): in 1 row.',
    ]);
  });

  it('stay text where it is open what they mean, and the report says so by name', async () => {
    const report = await importFile(
      'day;amount;id;word\n01/02/2024;1,234;12345678901234567890;NA\n03/04/2024;5,678;1;x\n',
    );
    expect(await rowsOf(report, 'day, amount, id, word')).toEqual([
      { day: '01/02/2024', amount: '1,234', id: '12345678901234567890', word: 'NA' },
      { day: '03/04/2024', amount: '5,678', id: '1', word: 'x' },
    ]);
    expect(report.warnings).toEqual([
      'Column day stays text: no value tells whether its dates begin with the day or the month.',
      'Column amount stays text: no value tells whether its commas and points are decimal marks or separate thousands.',
      'Column id stays text: it has whole numbers beyond 64 bits, which may be identifiers.',
    ]);
  });

  it('are coordinates with decimal commas and with more digits than a double has', async () => {
    const report = await importFile('lat;lon\n40,4167751234567890123;-3,7\n1,5;2\n');
    expect(typesOf(report)).toEqual({ lat: 'double precision', lon: 'double precision' });
    expect(await rowsOf(report, 'ST_X(the_geom) AS x, ST_Y(the_geom) AS y')).toEqual([
      { x: -3.7, y: 40.41677512345679 },
      { x: 2, y: 1.5 },
    ]);
  });
});

describe('a type that the beginning of the file suggests', () => {
  /** About 5 MB, so that the last line is far behind what is sampled. */
  const rows = 150_000;

  it.each<[string, string, string, string]>([
    ['1', '2147483648', 'bigint', '2147483648'],
    ['1', '1.5', 'double precision', '1.5'],
    ['1', 'none', 'text', 'none'],
    ['2147483648', '0.5', 'double precision', '0.5'],
    ['9007199254740993', '0.5', 'numeric', '0.5'],
    ['0.5', '0.1234567890123456789', 'numeric', '0.1234567890123456789'],
    ['2020-01-01', '2020-01-01 10:00', 'timestamp without time zone', '2020-01-01 10:00:00'],
    ['2020-01-01', 'soon', 'text', 'soon'],
    ['true', 'maybe', 'text', 'maybe'],
    ['', '17', 'integer', '17'],
  ])('%j gives way to %j on the last line: %s', async (usual, last, type, stored) => {
    const padding = 'x'.repeat(30);
    const file = `value,padding\n${`${usual},${padding}\n`.repeat(rows)}${last},${padding}`;
    const report = await importFile(file);
    expect(report.rows).toBe(rows + 1);
    expect(typesOf(report)['value']).toBe(type);
    expect(
      await world.column(`SELECT value::text FROM demo.${report.table} WHERE cartodb_id = ${rows + 1}`),
    ).toEqual([stored]);
    // Every other value is still what the file says.
    expect(
      await world.column(`SELECT DISTINCT value::text FROM demo.${report.table} WHERE cartodb_id <= ${rows}`),
    ).toHaveLength(1);
    const surprise = `Column value is ${type}: what the beginning of the file suggested does not fit the value on line ${rows + 2}.`;
    expect(report.warnings).toEqual(usual === '' ? [] : [surprise]);
  });

  it('costs one more pass when it is disproved, however often, and none when it holds', async () => {
    const head = 'a,b,c\n1,1,\n';
    const load = async (content: string): Promise<{ passes: number; types: readonly string[] }> => {
      let passes = 0;
      const bytes = Buffer.from(content);
      const reader = openCsv({
        head: bytes.subarray(0, head.length),
        isWhole: bytes.length <= head.length,
        open: async () => {
          passes++;
          return (async function* () {
            for (let at = 0; at < bytes.length; at += 10) yield bytes.subarray(at, at + 10);
          })();
        },
      });
      const runId = '0f8fad5b-d9cb-469f-a165-70867728950e';
      const client = await world.connect();
      const loaded = await loadTable(reader, {
        runId,
        options: { typeGuessing: true, quotedFieldsGuessing: true, contentGuessing: false },
        limits: { rows: 1_000, columns: 1_597, vertices: 1_000 },
        client,
        rejection: { rowsAllowed: 0, ratioMax: 0 },
        rejected: new RejectedRows(),
        signal: new AbortController().signal,
      }).finally(() => client.end());
      await world.sql('DROP TABLE tidetable_staging.run_0f8fad5bd9cb469fa16570867728950e');
      return { passes, types: loaded.plan.types };
    };
    expect(await load(`${head}2,2,\n`)).toEqual({ passes: 1, types: ['integer', 'integer', 'text'] });
    expect(await load(`${head}2,2,\n3000000000,x,\n1.5,1,true\n2,2,\n`)).toEqual({
      passes: 2,
      types: ['double precision', 'text', 'boolean'],
    });
  });
});

describe('geometry', () => {
  it('is made of latitude and longitude, in degrees and for maps, as PostGIS would', async () => {
    const random = seeded(3);
    const lines = Array.from(
      { length: 2_000 },
      () => `${(random(178_000_001) - 89_000_000) / 1e6},${(random(360_000_001) - 180_000_000) / 1e6}`,
    );
    const report = await importFile(`Latitude,Longitude\n${lines.join('\n')}\n89,180\n-89,-180\n0,0\n`);
    expect(report.geometries).toBe(2_003);
    expect(
      await world.sql(
        `SELECT count(*)::int AS rows,
                bool_and(ST_SRID(the_geom) = 4326 AND ST_SRID(the_geom_webmercator) = 3857) AS srids,
                bool_and(ST_X(the_geom) = longitude AND ST_Y(the_geom) = latitude) AS degrees,
                max(ST_Distance(ST_Transform(the_geom, 3857), the_geom_webmercator)) < 1e-6 AS maps
           FROM demo.${report.table}`,
      ),
    ).toEqual([{ rows: 2_003, srids: true, degrees: true, maps: true }]);
  });

  it('is missing where there is no place, and the report counts why', async () => {
    const report = await importFile('lat,lon\n1,2\n,\n91,0\n0,-180.5\n90,0\n5,\n');
    expect(
      await rowsOf(report, 'the_geom IS NOT NULL AS degrees, the_geom_webmercator IS NOT NULL AS map'),
    ).toEqual([
      { degrees: true, map: true },
      { degrees: false, map: false },
      { degrees: false, map: false },
      { degrees: false, map: false },
      { degrees: true, map: false },
      { degrees: false, map: false },
    ]);
    expect(report.geometries).toBe(2);
    expect(report.warnings).toEqual([
      '2 rows have coordinates outside of ±180, ±90 degrees and got no geometry.',
      '2 rows have no coordinates and got no geometry.',
    ]);
  });

  it('is empty and unmade where a coordinate is no number, wherever in the file', async () => {
    const report = await importFile(`lat,lon\n${'1.000000000,2.000000000\n'.repeat(60_000)}1,west\n`);
    expect(report.geometries).toBeNull();
    expect(typesOf(report)['lon']).toBe('text');
    expect(await world.column(`SELECT count(the_geom)::int FROM demo.${report.table}`)).toEqual([0]);
  });
});

describe('the table', () => {
  const indexesOf = (report: ImportReport): Promise<string[]> =>
    world.column(`SELECT indexname FROM pg_indexes WHERE schemaname = 'demo' AND tablename = $1 ORDER BY 1`, [
      report.table,
    ]);

  it('has a primary key, and spatial indexes that are used', async () => {
    const report = await importFile('lat,lon\n1,2\n3,4\n');
    const { table } = report;
    expect(await indexesOf(report)).toEqual([
      `${table}_pkey`,
      `${table}_the_geom_idx`,
      `${table}_webmercator_idx`,
    ]);
    expect(
      await world.sql(
        `SELECT conname, contype, pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'p'`,
        [`demo.${table}`],
      ),
    ).toEqual([{ conname: `${table}_pkey`, contype: 'p', definition: 'PRIMARY KEY (cartodb_id)' }]);
    await world.sql('SET enable_seqscan = off');
    const plan = await world.column<string>(
      `EXPLAIN SELECT FROM demo.${table} WHERE the_geom_webmercator && ST_MakeEnvelope(0, 0, 1, 1, 3857)`,
    );
    await world.sql('RESET enable_seqscan');
    expect(plan.join('\n')).toContain(`${table}_webmercator_idx`);
    expect(
      await world.column(`SELECT reltuples::int FROM pg_class WHERE oid = $1::regclass`, [`demo.${table}`]),
    ).toEqual([2]);
  });

  it.each([
    ['a small table wholly', 50, (rows: number) => rows === 0],
    [
      'a large one enough to begin with, and leaves the rest to autovacuum',
      20_001,
      (rows: number) => rows > 0,
    ],
  ])('has statistics of every column: of %s', async (_, rows, isAsToldAutovacuum) => {
    const lines = Array.from({ length: rows }, (_line, n) => `${n},${n % 7},x${n},${n % 80},${n % 170}`);
    const { table, columns } = await importFile(`a,"b ""c""",d,lat,lon\n${lines.join('\n')}\n`);
    expect(
      await world.column(
        `SELECT count(*)::int FROM pg_stats WHERE schemaname = 'demo' AND tablename = $1 AND null_frac = 0`,
        [table],
      ),
    ).toEqual([columns.length]);
    await waitFor(
      async () => {
        const [notAnalyzed] = await world.column<number>(
          `SELECT n_mod_since_analyze::int FROM pg_stat_all_tables WHERE schemaname = 'demo' AND relname = $1 AND n_live_tup = $2`,
          [table, rows],
        );
        return notAnalyzed !== undefined && isAsToldAutovacuum(notAnalyzed);
      },
      { until: 'the server has counted' },
    );
  });

  it('has only a primary key when there is no geometry', async () => {
    const report = await importFile('a\n1\n');
    expect(await indexesOf(report)).toEqual([`${report.table}_pkey`]);
    expect(report.columns.slice(0, 3).map(({ name }) => name)).toEqual([
      'cartodb_id',
      'the_geom',
      'the_geom_webmercator',
    ]);
  });

  it('counts on from the largest id when somebody inserts a row', async () => {
    const numbered = await importFile('a\nx\ny\n');
    expect(
      await world.column(`INSERT INTO demo.${numbered.table} (a) VALUES ('z') RETURNING cartodb_id`),
    ).toEqual(['3']);
    const keyed = await importFile('cartodb_id,a\n41,x\n7,y\n');
    expect(
      await world.column(`INSERT INTO demo.${keyed.table} (a) VALUES ('z') RETURNING cartodb_id`),
    ).toEqual(['42']);
    const zero = await importFile('cartodb_id,a\n0,x\n');
    expect(
      await world.column(`INSERT INTO demo.${zero.table} (a) VALUES ('z') RETURNING cartodb_id`),
    ).toEqual(['2']);
    expect(
      await world.column(`SELECT pg_get_serial_sequence($1, 'cartodb_id')`, [`demo.${keyed.table}`]),
    ).toEqual([`demo.${keyed.table}_cartodb_id_seq`]);
  });

  it('keeps the ids of the file, up to the largest that there can be', async () => {
    const report = await importFile('a,cartodb_id\nx,9223372036854775807\ny,3\n');
    expect(await rowsOf(report, 'cartodb_id, a')).toEqual([
      { cartodb_id: '3', a: 'y' },
      { cartodb_id: '9223372036854775807', a: 'x' },
    ]);
  });
});
