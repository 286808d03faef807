import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Failure, ImportReport, RunStagedV1 } from '@tidetable/contracts';
import { waitFor } from '@tidetable/test-harness';
import { openGdal } from '../src/formats/gdal/gdal-reader.js';
import type { TableReader } from '../src/formats/table-reader.js';
import { createImporterWorld, type ImporterWorld, nothingLeft } from './importer-world.js';

const run = promisify(execFile);

let world: ImporterWorld;
let folder: string;

beforeAll(async () => {
  world = await createImporterWorld();
  folder = await mkdtemp(join(tmpdir(), 'tidetable-geo-files-'));
});

afterEach(async () => {
  expect(await world.leftovers()).toEqual(nothingLeft);
  expect(await workFolders()).toEqual([]);
});

afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Folders that this process made to read files in. */
async function workFolders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith(`tidetable-gdal-${process.pid}-`));
}

async function importFile(
  content: string | Buffer,
  options: Partial<RunStagedV1['options']> = {},
): Promise<ImportReport> {
  const staged = await world.stage(content, { options });
  const outcome = await world.import(staged);
  const event = await world.finished(staged);
  if (event.outcome !== 'imported') throw new Error(`${outcome}: ${JSON.stringify(event)}`);
  return event.report;
}

async function refuse(content: string | Buffer): Promise<Failure> {
  const staged = await world.stage(content);
  expect(await world.import(staged)).toBe('failed');
  const event = await world.finished(staged);
  if (event.outcome !== 'failed') throw new Error(`the run ended as ${event.outcome}`);
  return event.failure;
}

const ownColumns = new Set(['cartodb_id', 'the_geom', 'the_geom_webmercator']);
const typesOf = (report: ImportReport): Record<string, string> =>
  Object.fromEntries(
    report.columns.filter(({ name }) => !ownColumns.has(name)).map(({ name, type }) => [name, type]),
  );
const rowsOf = <R extends object>(report: ImportReport, columns: string): Promise<R[]> =>
  world.sql<R>(`SELECT ${columns} FROM demo.${report.table} ORDER BY cartodb_id`);

let files = 0;
/** A file in another format, made of a file by GDAL itself. */
async function convert(
  format: string,
  layers: Record<string, string | object>,
  ...args: string[]
): Promise<Buffer> {
  const extension = { GPKG: 'gpkg', FlatGeobuf: 'fgb', XLSX: 'xlsx', ODS: 'ods', GML: 'gml' }[format]!;
  const target = join(folder, `made-${++files}.${extension}`);
  let update: string[] = [];
  for (const [name, content] of Object.entries(layers)) {
    const isText = typeof content === 'string';
    const source = join(folder, `from-${++files}.${isText ? 'csv' : 'geojson'}`);
    await writeFile(source, isText ? content : JSON.stringify(content));
    const detect = isText ? ['-oo', 'AUTODETECT_TYPE=YES'] : [];
    await run('ogr2ogr', [...update, '-f', format, target, source, '-nln', name, ...detect, ...args]);
    update = ['-update'];
  }
  return readFile(target);
}

const feature = (properties: object, geometry: object | null): object => ({
  type: 'Feature',
  properties,
  geometry,
});
const collection = (...features: object[]): object => ({ type: 'FeatureCollection', features });
const point = (...coordinates: number[]): object => ({ type: 'Point', coordinates });
const line = {
  type: 'LineString',
  coordinates: [
    [0, 0],
    [1, 1],
  ],
};
const square = {
  type: 'Polygon',
  coordinates: [
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ],
  ],
};

describe('GeoJSON becomes a table', () => {
  it('with the types that its values have, every shape of geometry, and its place on the map', async () => {
    const report = await importFile(
      JSON.stringify(
        collection(
          feature(
            {
              Name: 'a\tb\\c\n"é"',
              n: 1,
              big: 12345678901,
              f: 1.5,
              yes: true,
              day: '2013-04-27',
              at: '2013-04-27T10:11:12Z',
              list: ['x'],
            },
            point(-3.7, 40.4, 650),
          ),
          feature({ Name: '', n: -2, f: 2, yes: false }, line),
          feature({ Name: null }, square),
          feature({ Name: 'no place' }, null),
        ),
      ),
    );
    expect(report).toMatchObject({ rows: 4, geometries: 3, warnings: ['1 row has no geometry.'] });
    expect(typesOf(report)).toEqual({
      name: 'text',
      n: 'integer',
      big: 'bigint',
      f: 'double precision',
      yes: 'boolean',
      day: 'date',
      at: 'timestamp with time zone',
      list: 'text',
    });
    expect(await rowsOf(report, 'cartodb_id, name, n, big, f, yes, day::text, at::text')).toEqual([
      {
        cartodb_id: '1',
        name: 'a\tb\\c\n"é"',
        n: 1,
        big: '12345678901',
        f: 1.5,
        yes: true,
        day: '2013-04-27',
        at: '2013-04-27 10:11:12+00',
      },
      { cartodb_id: '2', name: '', n: -2, big: null, f: 2, yes: false, day: null, at: null },
      { cartodb_id: '3', name: null, n: null, big: null, f: null, yes: null, day: null, at: null },
      { cartodb_id: '4', name: 'no place', n: null, big: null, f: null, yes: null, day: null, at: null },
    ]);
    expect(
      await rowsOf(
        report,
        'ST_AsEWKT(the_geom) AS place, the_geom_webmercator ~= ST_Transform(the_geom, 3857) AS mapped',
      ),
    ).toEqual([
      { place: 'SRID=4326;POINT(-3.7 40.4)', mapped: true },
      { place: 'SRID=4326;MULTILINESTRING((0 0,1 1))', mapped: true },
      { place: 'SRID=4326;MULTIPOLYGON(((0 0,1 0,1 1,0 0)))', mapped: true },
      { place: null, mapped: null },
    ]);
  });

  it('with ordinary columns and both spatial indexes, as every other table', async () => {
    const report = await importFile(JSON.stringify(collection(feature({ a: 1 }, point(1, 2)))));
    expect(
      await world.sql(
        `SELECT attname, attgenerated FROM pg_attribute WHERE attrelid = $1::regclass AND attname LIKE 'the_geom%' ORDER BY 1`,
        [`demo.${report.table}`],
      ),
    ).toEqual([
      { attname: 'the_geom', attgenerated: '' },
      { attname: 'the_geom_webmercator', attgenerated: '' },
    ]);
    expect(
      await world.column('SELECT indexname FROM pg_indexes WHERE tablename = $1 ORDER BY 1', [report.table]),
    ).toEqual([`${report.table}_pkey`, `${report.table}_the_geom_idx`, `${report.table}_webmercator_idx`]);
  });

  it('with what lies beyond the map cut off', async () => {
    const arctic = {
      type: 'Polygon',
      coordinates: [
        [
          [0, 80],
          [10, 80],
          [10, 90],
          [0, 90],
          [0, 80],
        ],
      ],
    };
    const report = await importFile(
      JSON.stringify(collection(feature({ a: 1 }, point(0, 89.5)), feature({ a: 2 }, arctic))),
    );
    expect(report.geometries).toBe(2);
    expect(
      await rowsOf(
        report,
        'round(ST_YMax(ST_Transform(the_geom_webmercator, 4326))::numeric, 6)::float AS top',
      ),
    ).toEqual([{ top: null }, { top: 89 }]);
  });

  it('a feature a line, or a single feature, or a geometry', async () => {
    const lines = await importFile(
      `${JSON.stringify(feature({ a: 1 }, point(1, 2)))}\n${JSON.stringify(feature({ a: 2 }, line))}\n`,
    );
    expect(lines).toMatchObject({ rows: 2, geometries: 2 });
    expect(await importFile(JSON.stringify(feature({ a: 1 }, square)))).toMatchObject({ rows: 1 });
    expect(await importFile(JSON.stringify(point(1, 2)))).toMatchObject({ rows: 1, geometries: 1 });
  });

  it('in a second pass where the end of the file disproves what its beginning declared', async () => {
    const at = '2020-01-02T03:04:05';
    const features = Array.from({ length: 30_000 }, (_, i) =>
      feature({ i, at: `${at}${i < 29_999 ? 'Z' : ''}` }, point(i / 1000, 1)),
    );
    const report = await importFile(JSON.stringify(collection(...features)));
    expect(report).toMatchObject({
      rows: 30_000,
      geometries: 30_000,
      warnings: [
        'Column at is text: what the beginning of the file suggested does not fit the value on line 30000.',
      ],
    });
    expect(
      await world.sql(`SELECT count(*)::int, sum(i)::int, min("at"), max("at") FROM demo.${report.table}`),
    ).toEqual([{ count: 30_000, sum: 449_985_000, min: '2020-01-02T03:04:05', max: '2020-01-02T03:04:05Z' }]);
  });
});

describe('geo files become tables', () => {
  const ports = collection(feature({ name: 'a' }, point(-3, 40)), feature({ name: 'b' }, point(-2, 41)));

  it('a GeoPackage in another reference system, in degrees', async () => {
    const report = await importFile(await convert('GPKG', { ports }, '-t_srs', 'EPSG:25830'));
    expect(report).toMatchObject({ rows: 2, geometries: 2, warnings: [] });
    expect(
      await rowsOf(
        report,
        'name, ST_AsText(ST_SnapToGrid(the_geom, 0.000001)) AS place, ST_SRID(the_geom_webmercator) AS srid',
      ),
    ).toEqual([
      { name: 'a', place: 'POINT(-3 40)', srid: 3857 },
      { name: 'b', place: 'POINT(-2 41)', srid: 3857 },
    ]);
  });

  it('a GeoPackage with a curve far behind its beginning, as lines', async () => {
    const points = Array.from({ length: 3_000 }, (_, n) => `${n},POINT(${n / 100} 1)\n`).join('');
    const curve = '3000,"CIRCULARSTRING(0 0,1 1,2 0)"\n';
    const report = await importFile(
      await convert(
        'GPKG',
        { curves: `n,wkt\n${points}${curve}` },
        ...['-oo', 'GEOM_POSSIBLE_NAMES=wkt', '-oo', 'KEEP_GEOM_COLUMNS=NO', '-a_srs', 'EPSG:4326'],
      ),
    );
    expect(report).toMatchObject({ rows: 3_001, geometries: 3_001, warnings: [] });
    expect(typesOf(report)).toEqual({ n: 'integer' });
    expect(
      await world.sql(
        `SELECT GeometryType(the_geom) AS kind, ST_NPoints(the_geom) > 20 AS is_fine FROM demo.${report.table} WHERE n = 3000`,
      ),
    ).toEqual([{ kind: 'MULTILINESTRING', is_fine: true }]);
  });

  it.each(['EPSG:4326', 'EPSG:25830'])(
    'a GeoPackage whose layer of lines has several in one row, in %s',
    async (reference) => {
      const several = { type: 'MultiLineString', coordinates: [line.coordinates, line.coordinates] };
      const lines = collection(feature({ n: 1 }, line), feature({ n: 2 }, several));
      const file = await convert('GPKG', { lines }, '-nlt', 'LINESTRING', '-t_srs', reference);
      expect(await importFile(file)).toMatchObject({ rows: 2, geometries: 2, warnings: [] });
    },
  );

  it('the first layer by name that has rows, and names the others', async () => {
    const other = collection(feature({ b: 1 }, line));
    const file = await convert('GPKG', { 'z "last"': other, 'b.second': ports });
    const report = await importFile(file);
    expect(typesOf(report)).toEqual({ name: 'text' });
    expect(report.warnings).toEqual(['Only the first layer is the table; not read were: z "last".']);
  });

  it('no file with more layers than the account may have', async () => {
    const other = collection(feature({ b: 1 }, line));
    const file = await convert('GPKG', { a: other, b: other, c: other });
    const stage = (layers: number): Promise<RunStagedV1> =>
      world.stage(file, { options: { limits: { layers } } });
    const run = await stage(2);
    expect(await world.import(run)).toBe('failed');
    expect(await world.finished(run)).toMatchObject({
      failure: { code: 'layers-too-many', detail: 'at most 2 are allowed' },
    });
    expect(await world.import(await stage(3))).toBe('imported');
  });

  it('a table without geometry', async () => {
    const report = await importFile(await convert('GPKG', { list: 'a,b\n1,x\n2,y\n' }));
    expect(report).toMatchObject({ rows: 2, geometries: null });
    expect(typesOf(report)).toEqual({ a: 'integer', b: 'text' });
  });

  it('FlatGeobuf and GML', async () => {
    for (const format of ['FlatGeobuf', 'GML']) {
      const report = await importFile(await convert(format, { ports }));
      expect(report).toMatchObject({ rows: 2, geometries: 2 });
      expect(
        await rowsOf(report, "string_agg(name || ST_AsText(the_geom), ' ' ORDER BY name) AS all").catch(() =>
          world.sql(
            `SELECT string_agg(name || ST_AsText(the_geom), ' ' ORDER BY name) AS all FROM demo.${report.table}`,
          ),
        ),
      ).toEqual([{ all: 'aPOINT(-3 40) bPOINT(-2 41)' }]);
    }
  });

  it('GPX: its waypoints, or else its tracks', async () => {
    const gpx = (content: string): string =>
      `<?xml version="1.0"?><gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">${content}</gpx>`;
    const waypoint = '<wpt lat="40" lon="-3"><name>w</name></wpt>';
    const track =
      '<trk><name>t</name><trkseg><trkpt lat="40" lon="-3"/><trkpt lat="41" lon="-3"/></trkseg></trk>';
    const both = await importFile(gpx(waypoint + track));
    expect(await rowsOf(both, 'name, ST_AsText(the_geom) AS place')).toEqual([
      { name: 'w', place: 'POINT(-3 40)' },
    ]);
    expect(both.warnings).toEqual(['Only the first layer is the table; not read were: tracks.']);
    expect(await rowsOf(await importFile(gpx(track)), 'name, ST_AsText(the_geom) AS place')).toEqual([
      { name: 't', place: 'MULTILINESTRING((-3 40,-3 41))' },
    ]);
  });

  it.each([
    [
      'that has a link and no places',
      '<NetworkLink><Link><href>http://127.0.0.1:9/a.kml</href></Link></NetworkLink>',
    ],
    [
      'that has a link in a folder',
      '<Folder><name>f</name><NetworkLink><name>n</name><Url><href>http://127.0.0.1:9/a.kml</href></Url></NetworkLink></Folder>',
    ],
  ])('no KML %s', async (_name, content) => {
    const run = await world.stage(
      `<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>${content}</Document></kml>`,
      { fileName: 'links.kml' },
    );
    expect(await world.import(run)).toBe('failed');
    expect(await world.finished(run)).toMatchObject({ failure: { code: 'kml-only-links' } });
  });

  it('KML, without asking any network for what it links to', async () => {
    let connections = 0;
    const listener = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as { port: number };
    const link = `http://127.0.0.1:${port}/more.kml`;
    const report = await importFile(
      `<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
        <NetworkLink><Link><href>${link}</href></Link></NetworkLink>
        <Style id="s"><IconStyle><Icon><href>${link}</href></Icon></IconStyle></Style>
        <Folder><name>Places</name><Placemark><name>p</name><styleUrl>${link}#s</styleUrl>
        <Point><coordinates>-3,40,5</coordinates></Point></Placemark></Folder></Document></kml>`,
    );
    await new Promise<void>((resolve) => listener.close(() => resolve()));
    expect(await rowsOf(report, 'name, ST_AsText(the_geom) AS place')).toEqual([
      { name: 'p', place: 'POINT(-3 40)' },
    ]);
    expect(connections).toBe(0);
  });
});

describe('spreadsheets become tables', () => {
  const sheet =
    'Id,Name,Price,Day,At\n1,x,1.5,2020-01-02,2020-01-02 03:04:05\n2,,2,2020-01-03,2020-01-03 00:00:00\n';

  it.each([
    ['XLSX', 'The table is the sheet First; not read were: Second.'],
    ['ODS', 'Only the first layer is the table; not read were: Second.'],
  ])('%s, with types by the values', async (format, warning) => {
    const report = await importFile(await convert(format, { First: sheet, Second: 'a,b\n1,2\n' }));
    expect(typesOf(report)).toEqual({
      id: 'integer',
      name: 'text',
      price: 'double precision',
      day: 'date',
      at: 'timestamp without time zone',
    });
    expect(await rowsOf(report, 'id, name, price, day::text, at::text')).toEqual([
      { id: 1, name: 'x', price: 1.5, day: '2020-01-02', at: '2020-01-02 03:04:05' },
      { id: 2, name: null, price: 2, day: '2020-01-03', at: '2020-01-03 00:00:00' },
    ]);
    expect(report.warnings).toEqual([warning]);
  });

  it('as text where types are not to be guessed', async () => {
    const report = await importFile(await convert('XLSX', { First: sheet }), { typeGuessing: false });
    expect(new Set(Object.values(typesOf(report)))).toEqual(new Set(['text']));
    expect(await rowsOf(report, 'id, price, day')).toEqual([
      { id: '1', price: '1.5', day: '2020-01-02' },
      { id: '2', price: '2', day: '2020-01-03' },
    ]);
  });

  it('with coordinates as places, and numbers in the first row as data', async () => {
    const places = await importFile(await convert('XLSX', { S: 'lat,lon\n40,-3\n' }));
    expect(await rowsOf(places, 'ST_AsText(the_geom) AS place')).toEqual([{ place: 'POINT(-3 40)' }]);
    const bare = await importFile(await convert('XLSX', { S: '1,x\n2,y\n' }, '-oo', 'HEADERS=NO'));
    expect(bare.rows).toBeGreaterThanOrEqual(2);
  });
});

describe('a geo file that cannot be imported says why', () => {
  const ports = collection(...Array.from({ length: 5_000 }, (_, i) => feature({ i }, point(i / 100, 1))));

  it.each(['GPKG', 'FlatGeobuf', 'XLSX'])('a %s that lost its end', async (format) => {
    const file = await convert(format, { ports });
    expect(await refuse(file.subarray(0, file.length / 2))).toMatchObject({ code: 'file-unreadable' });
  });

  it('GeoJSON that lost its end', async () => {
    const text = JSON.stringify(ports);
    expect(await refuse(text.slice(0, text.length / 2))).toEqual({
      code: 'json-malformed',
      detail: expect.stringMatching(/^line 1, in row 2\d{3}: the file ends too early$/) as unknown as string,
    });
  });

  it('an unknown reference system', async () => {
    const crs = { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::999999' } };
    expect(
      await refuse(JSON.stringify({ type: 'FeatureCollection', crs, features: [feature({}, point(1, 2))] })),
    ).toEqual({
      code: 'crs-unknown',
      detail: 'urn:ogc:def:crs:EPSG::999999',
    });
    const bare = 'a,wkt\n1,POINT(1 2)\n';
    const undefinedReference = {
      code: 'crs-unknown',
      detail: 'its layer names no coordinate reference system',
    };
    for (const format of ['GPKG', 'FlatGeobuf']) {
      expect(await refuse(await convert(format, { bare }, '-oo', 'GEOM_POSSIBLE_NAMES=wkt'))).toEqual(
        undefinedReference,
      );
    }
  });

  it('a layer without rows', async () => {
    expect(await refuse(await convert('GPKG', { ports }, '-where', 'i < 0'))).toEqual({
      code: 'file-without-rows',
      detail: null,
    });
    expect(await refuse('{"type": "FeatureCollection", "features": []}')).toEqual({
      code: 'file-without-rows',
      detail: null,
    });
  });

  it('what only looks like a workbook', async () => {
    expect(
      await refuse(Buffer.from(`PK\x03\x04${'\0'.repeat(22)}\x08\0\0\0xl/a.xml${'\0'.repeat(50)}`, 'latin1')),
    ).toMatchObject({
      code: 'file-unreadable',
    });
  });
});

describe('a reading that is given up', () => {
  it('leaves no process and no folder', async () => {
    const bytes = Buffer.from(
      JSON.stringify(collection(...Array.from({ length: 60_000 }, (_, i) => feature({ i }, point(1, 2))))),
    );
    const open = (signal: AbortSignal): Promise<TableReader> =>
      openGdal(
        {
          head: bytes,
          isWhole: true,
          open: async () =>
            (async function* () {
              yield bytes;
            })(),
        },
        'geojson',
        { memoryMegabytes: 2048, computingSeconds: 60, signal },
      );
    const sink = {
      field: () => undefined,
      endRow: () => undefined,
      abandonRow: () => undefined,
      rejectRow: () => undefined,
    };
    const aborter = new AbortController();
    const reader = await open(aborter.signal);
    const [workFolder] = await workFolders();
    expect(await processesIn(workFolder!)).toBe(1);
    const reading = reader.read(sink, async () => aborter.abort(new Error('enough')));
    await expect(reading).rejects.toThrow();
    await reader.close!();
    await waitFor(async () => (await processesIn(workFolder!)) === 0, { until: 'the process is gone' });

    await expect(open(AbortSignal.abort(new Error('too late')))).rejects.toThrow();
    const unread = await open(new AbortController().signal);
    await unread.close!();
  });
});

/** How many processes work in a folder for temporary files. */
async function processesIn(name: string): Promise<number> {
  const { stdout } = await run('bash', [
    '-c',
    `ls -l /proc/*/cwd 2>/dev/null | grep -c -- '${name}' || true`,
  ]);
  return Number(stdout);
}
