import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Failure, ImportReport, RunStagedV1 } from '@tidetable/contracts';
import { waitFor } from '@tidetable/test-harness';
import iconv from 'iconv-lite';
import { collection, countProcessesIn, feature, makeFiles, point, zipOf } from './geo-files.js';
import { createImporterWorld, type ImporterWorld, nothingLeft } from './importer-world.js';
import { makeTar } from './make-archives.js';

let world: ImporterWorld;

beforeAll(async () => {
  world = await createImporterWorld();
});

afterEach(async () => {
  expect(await world.leftovers()).toEqual(nothingLeft);
  const own = new RegExp(`^tidetable-(gdal-${process.pid}|scratch)-`);
  expect((await readdir(tmpdir())).filter((name) => own.test(name))).toEqual([]);
});

afterAll(() => world.stop());

type Overrides = Parameters<ImporterWorld['stage']>[1];

async function importFile(content: string | Buffer, overrides: Overrides = {}): Promise<ImportReport> {
  const run = await world.stage(content, overrides);
  await world.import(run);
  const event = await world.finished(run);
  if (event.outcome !== 'imported') throw new Error(`the run ended as ${JSON.stringify(event)}`);
  return event.report;
}

async function refuse(
  content: string | Buffer,
  options: Partial<RunStagedV1['options']> = {},
): Promise<Failure> {
  const run = await world.stage(content, { options, fileName: 'refused.zip' });
  await world.import(run);
  const event = await world.finished(run);
  if (event.outcome !== 'failed') throw new Error(`the run ended as ${event.outcome}`);
  return event.failure;
}

/** The rows of a table of ports, in order. */
const rowsOf = (table: string): Promise<{ name: string; n: number; place: string }[]> =>
  world.sql(
    `SELECT name, n, ST_AsText(ST_SnapToGrid(the_geom, 0.000001)) AS place FROM demo.${table} ORDER BY n`,
  );

const ports = collection(
  feature({ name: 'Łódź', n: 1 }, point(-3, 40)),
  feature({ name: 'b', n: 2 }, point(-2, 41)),
);
const portRows = [
  { name: 'Łódź', n: 1, place: 'POINT(-3 40)' },
  { name: 'b', n: 2, place: 'POINT(-2 41)' },
];
const utf8 = ['-lco', 'ENCODING=UTF-8'];
const shapefile = (name: string, content = ports, ...args: string[]): Promise<Map<string, Buffer>> =>
  makeFiles('ESRI Shapefile', name, content, ...utf8, ...args);
/** The same files with other names. */
const renamed = (files: ReadonlyMap<string, Buffer>, rename: (name: string) => string): Map<string, Buffer> =>
  new Map([...files].map(([name, content]) => [rename(name), content]));
const without = (files: ReadonlyMap<string, Buffer>, ...extensions: string[]): Map<string, Buffer> =>
  new Map([...files].filter(([name]) => !extensions.some((extension) => name.endsWith(extension))));

describe('geo files of several parts become tables', () => {
  const osm = `<?xml version="1.0"?><osm version="0.6">
    <node id="1" lat="40" lon="-3" version="1"><tag k="name" v="Łódź"/></node>
    <node id="2" lat="41" lon="-2" version="1"/><node id="3" lat="42" lon="-2" version="1"/>
    <way id="4" version="1"><nd ref="2"/><nd ref="3"/><tag k="highway" v="path"/></way></osm>`;
  const kml = `<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>P</name>
    <Placemark><name>Łódź</name><Point><coordinates>-3,40,5</coordinates></Point></Placemark></Folder></Document></kml>`;

  it.each<[string, () => Promise<Buffer>, string]>([
    ['a shapefile', async () => zipOf(await shapefile('shp_a.shp')), 'shp_a'],
    [
      'a shapefile in folders, with names in upper case and what else lies around',
      async () =>
        zipOf(
          new Map<string, Buffer | string>([
            ['LICENSE.txt', 'a,b\n'],
            ['x/y/SHP_B.SHP.XML', '<metadata/>'],
            ...renamed(await shapefile('shp_b.shp'), (name) => `x/y/${name.toUpperCase()}`),
          ]),
        ),
      'shp_b',
    ],
    ['a shapefile without .shx', async () => zipOf(without(await shapefile('shp_c.shp'), '.shx')), 'shp_c'],
    ['a shapefile without .prj', async () => zipOf(without(await shapefile('shp_d.shp'), '.prj')), 'shp_d'],
    ['a shapefile without .cpg', async () => zipOf(without(await shapefile('shp_e.shp'), '.cpg')), 'shp_e'],
    [
      'a shapefile in another reference system',
      async () => zipOf(await shapefile('shp_f.shp', ports, '-t_srs', 'EPSG:25830')),
      'shp_f',
    ],
    [
      'a shapefile in tar',
      async () =>
        makeTar(
          [...(await shapefile('shp_g.shp'))].map(([name, content]) => ({ name: `g/${name}`, content })),
        ),
      'shp_g',
    ],
    [
      'a MapInfo table',
      async () => zipOf(await makeFiles('MapInfo File', 'tab_a.tab', ports, ...utf8)),
      'tab_a',
    ],
    ['MIF and MID', async () => zipOf(await makeFiles('MapInfo File', 'mif_a.mif', ports, ...utf8)), 'mif_a'],
    ['a file geodatabase', async () => zipOf(await makeFiles('OpenFileGDB', 'gdb_a.gdb', ports)), 'gdb_a'],
    [
      'the files of a geodatabase without its folder',
      async () =>
        zipOf(renamed(await makeFiles('OpenFileGDB', 'x.gdb', ports), (name) => name.split('/').at(-1)!)),
      'gdb_b',
    ],
    ['a GeoPackage', async () => zipOf(await makeFiles('GPKG', 'gpkg_a.gpkg', ports)), 'gpkg_a'],
    ['GeoJSON', async () => zipOf(new Map([['json_a.geojson', JSON.stringify(ports)]])), 'json_a'],
    [
      'a map exported by CARTO',
      async () =>
        zipOf(
          new Map<string, string | Buffer>([
            ['246dae5e-5302-1ae5-af51-0e85ad047bba.carto.json', '{"visualization": {}}'],
            ...(await makeFiles('GPKG', 'carto_a.gpkg', ports)),
          ]),
        ),
      'carto_a',
    ],
  ])('%s', async (_what, make, table) => {
    const report = await importFile(await make(), { fileName: 'gdb_b.zip' });
    expect(report).toMatchObject({ table, rows: 2, geometries: 2 });
    expect(await rowsOf(table)).toEqual(portRows);
  });

  it.each(['EPSG:4326', 'EPSG:25830'])(
    'a shapefile of single and several lines, in %s',
    async (reference) => {
      const line = (...coordinates: number[][]): object => ({ type: 'LineString', coordinates });
      const lines = collection(
      feature({ n: 1 }, line([-3, 40], [-3, 41])),
      feature({ n: 2 }, { type: 'MultiLineString', coordinates: [[[-3, 40], [-3, 41]], [[-2, 40], [-2, 41]]] }),
      feature({ n: 3 }, null),
    ); // prettier-ignore
      const table = `lines_${reference.slice(5)}`;
      const report = await importFile(zipOf(await shapefile(`${table}.shp`, lines, '-t_srs', reference)));
      expect(report).toMatchObject({ rows: 3, geometries: 2 });
      expect(
        await world.column(
          `SELECT ST_AsText(ST_SnapToGrid(the_geom, 0.000001)) FROM demo.${table} ORDER BY n`,
        ),
      ).toEqual(['MULTILINESTRING((-3 40,-3 41))', 'MULTILINESTRING((-3 40,-3 41),(-2 40,-2 41))', null]);
    },
  );

  it('MIF that names no reference system, whose coordinates are degrees then', async () => {
    const files = await makeFiles('MapInfo File', 'mif_b.mif', ports, ...utf8);
    const mif = files
      .get('mif_b.mif')!
      .toString()
      .replace(/^CoordSys.*\r?\n/m, '');
    expect(await importFile(zipOf(new Map([...files, ['mif_b.mif', Buffer.from(mif)]])))).toMatchObject({
      rows: 2,
    });
    expect(await rowsOf('mif_b')).toEqual(portRows);
  });

  it.each<[string, () => Buffer, string, string]>([
    [
      'KMZ',
      () =>
        zipOf(
          new Map([
            ['a/z.kml', ''],
            ['doc.kml', kml],
          ]),
        ),
      'Places to go.kmz',
      'places_to_go',
    ],
    [
      'KML with a picture',
      () =>
        zipOf(
          new Map([
            ['p.kml', kml],
            ['a.png', 'x'],
          ]),
        ),
      'x.kmz',
      'p',
    ],
    ['OSM', () => Buffer.from(osm), 'town.osm', 'town'],
    ['OSM, packed', () => zipOf(new Map([['city.osm', osm]])), 'x.zip', 'city'],
  ])('%s', async (_what, make, fileName, table) => {
    const report = await importFile(make(), { fileName });
    expect(report).toMatchObject({ table, rows: 1, geometries: 1 });
    expect(await world.sql(`SELECT name, ST_AsText(the_geom) AS place FROM demo.${table}`)).toEqual([
      { name: 'Łódź', place: 'POINT(-3 40)' },
    ]);
    expect(report.warnings.filter((warning) => warning.includes('layer'))).toEqual(
      table === 'town' || table === 'city'
        ? ['Only the first layer is the table; not read were: lines.']
        : [],
    );
  });
});

describe('the texts of a shapefile are read in the encoding that they are in', () => {
  it.each<[string, string, string | null, string]>([
    ['the .cpg names it', 'windows-1251', '1251', 'Новосибирск'],
    ['the .cpg names it in other words', 'ISO-8859-2', 'ISO 88592', 'Łódź Kraków'],
    ['the .cpg says UTF-8 and is wrong', 'windows-1252', 'UTF-8', 'Orléans'],
    ['the .cpg says anything', 'utf-8', 'whatever', 'Łódź'],
    ['nothing says so and it is UTF-8', 'utf-8', null, 'Łódź'],
    ['nothing says so and it is Western', 'windows-1252', null, 'Orléans'],
    ['nothing says so and it is Russian', 'windows-1251', null, 'Новосибирск Москва Краснодар'],
  ])('%s', async (_what, encoding, cpg, text) => {
    const content = collection(feature({ name: 'x'.repeat(60), n: 1 }, point(-3, 40)));
    const table = `enc_${_what.replace(/\W/g, '').slice(-20).toLowerCase()}`;
    const files = without(await shapefile(`${table}.shp`, content), '.cpg');
    const dbf = files.get(`${table}.dbf`)!;
    dbf[29] = 0;
    iconv.encode(text.padEnd(60), encoding).copy(dbf, dbf.indexOf('xxx'), 0, 60);
    if (cpg !== null) files.set(`${table}.cpg`, Buffer.from(cpg));
    expect(await importFile(zipOf(files))).toMatchObject({ table, rows: 1 });
    expect(await rowsOf(table)).toMatchObject([{ name: text.trim() }]);
  });
});

describe('a choice between several tables', () => {
  const piers = collection(feature({ name: 'p', n: 7 }, point(1, 2)));
  const several = async (): Promise<Buffer> =>
    zipOf(
      new Map([
        ...(await shapefile('b_ports.shp')),
        ...renamed(await makeFiles('GPKG', 'piers.gpkg', piers, '-nln', 'x'), (name) => `a/${name}`),
        ...renamed(await shapefile('c.shp'), (name) => `Deep/${name}`),
      ]),
    );

  it('is by name, and the others are told', async () => {
    expect(await importFile(await several())).toMatchObject({
      table: 'c',
      warnings: ['Also in the archive: a/piers.gpkg, b_ports.shp.'],
    });
  });

  it.each([
    ['b_ports.shp', 'b_ports'],
    ['C.SHP', 'c'],
    ['Deep/c.shp', 'c'],
  ])('is what was asked for: %s', async (member, table) => {
    const report = await importFile(await several(), { options: { member } });
    expect(report.table.replace(/_\d+$/, '')).toBe(table);
    expect(report).toMatchObject({ rows: 2, warnings: [] });
  });

  it('names what is there where that is not', async () => {
    expect(await refuse(await several(), { member: 'ports.shp' })).toEqual({
      code: 'member-unknown',
      detail: 'there are Deep/c.shp, a/piers.gpkg, b_ports.shp',
    });
    expect(await refuse('name,n\na,1\n', { member: 'ports.shp' })).toEqual({
      code: 'member-unknown',
      detail: 'the file is no archive of several',
    });
    expect(await refuse(await several(), { member: 'piers.gpkg', layer: 'ports' })).toEqual({
      code: 'layer-unknown',
      detail: 'there is only x',
    });
    expect(await refuse(await several(), { member: 'c.shp', layer: 'c' })).toMatchObject({
      code: 'layer-unknown',
    });
    expect(await refuse('name,n\na,1\n', { layer: 'a' })).toMatchObject({ code: 'layer-unknown' });
  });

  it('is a layer where that is asked for, in upper or lower case', async () => {
    const gpx = `<?xml version="1.0"?><gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">
      <wpt lat="40" lon="-3"><name>w</name></wpt>
      <trk><name>t</name><trkseg><trkpt lat="40" lon="-3"/><trkpt lat="41" lon="-3"/></trkseg></trk></gpx>`;
    const report = await importFile(zipOf(new Map([['tour.gpx', gpx]])), { options: { layer: 'Tracks' } });
    expect(report).toMatchObject({ table: 'tour', rows: 1, warnings: [] });
    expect(await world.column('SELECT name FROM demo.tour')).toEqual(['t']);
    expect(await refuse(gpx, { layer: 'piers' })).toEqual({
      code: 'layer-unknown',
      detail: 'there are waypoints, routes, tracks, route_points, track_points',
    });
  });
});

describe('a geo file of several parts that cannot be read says why', () => {
  it.each<[string, () => Promise<Buffer>, Failure]>([
    [
      'a .shp alone',
      async () => (await shapefile('a.shp')).get('a.shp')!,
      { code: 'shapefile-incomplete', detail: 'the .shp came alone' },
    ],
    [
      'a .shp alone in an archive',
      async () => zipOf(without(await shapefile('a.shp'), '.dbf', '.shx', '.prj', '.cpg')),
      { code: 'shapefile-incomplete', detail: 'the .shp came alone' },
    ],
    [
      'a shapefile without .dbf',
      async () => zipOf(without(await shapefile('a.shp'), '.dbf')),
      { code: 'shapefile-incomplete', detail: 'there is no .dbf with the name of the .shp' },
    ],
    [
      'a shapefile without .prj whose coordinates are metres',
      async () => zipOf(without(await shapefile('a.shp', ports, '-t_srs', 'EPSG:25830'), '.prj')),
      { code: 'crs-unknown', detail: 'there is no .prj, and the coordinates are no degrees' },
    ],
    [
      'a shapefile with a .prj that nobody knows',
      async () =>
        zipOf(
          new Map([
            ...(await shapefile('a.shp')),
            ['a.prj', Buffer.from('LOCAL_CS["Harbour grid",UNIT["Meter",1.0]]')],
          ]),
        ),
      { code: 'crs-unknown', detail: 'Harbour grid' },
    ],
    [
      'a MapInfo table that is made of others',
      async () =>
        zipOf(
          new Map<string, Buffer | string>([
            ...(await makeFiles('MapInfo File', 'a.tab', ports)),
            [
              'a.tab',
              '!table\n!version 300\n!charset Neutral\n\nDefinition Table\n  Type NATIVE Charset "Neutral"\n' +
                '  Fields 1\n    Table Char (100) ;\nbegin_metadata\n"\\IsSeamless" = "TRUE"\nend_metadata\n',
            ],
          ]),
        ),
      { code: 'file-type-unsupported', detail: 'it looks like a MapInfo table that is made of other files' },
    ],
    [
      'a geodatabase that lost the end of a file',
      async () => {
        const files = await makeFiles('OpenFileGDB', 'a.gdb', ports);
        const name = 'a.gdb/a00000009.gdbtable';
        return zipOf(new Map([...files, [name, files.get(name)!.subarray(0, 400)]]));
      },
      { code: 'file-unreadable', detail: 'it looks like a file geodatabase' },
    ],
    [
      'xz, which is not unpacked',
      async () => Buffer.from('fd377a585a000004e6d6b446', 'hex'),
      { code: 'file-type-unsupported', detail: 'it looks like an xz file' },
    ],
    [
      '7z',
      async () => Buffer.from('377abcaf271c0004', 'hex'),
      { code: 'file-type-unsupported', detail: 'it looks like a 7z archive' },
    ],
    [
      'RAR',
      async () => Buffer.from('526172211a0701', 'hex'),
      { code: 'file-type-unsupported', detail: 'it looks like a RAR archive' },
    ],
  ])('%s', async (_what, make, failure) => {
    expect(await refuse(await make())).toEqual(failure);
  });
});

/** Reads a GeoPackage from standard input as the importer does, and stays in the middle of it. */
const readingForEver = `
  import { buffer } from 'node:stream/consumers';
  const { openGdal } = await import(process.argv[1]);
  const head = await buffer(process.stdin);
  const open = async () => (async function* () { yield head; })();
  const limits = { memoryMegabytes: 2048, computingSeconds: 60, signal: new AbortController().signal };
  const reader = await openGdal({ head, isWhole: true, open }, 'geopackage', limits);
  const sink = { field() {}, endRow() {}, abandonRow() {} };
  setInterval(() => undefined, 1_000);
  await reader.read(sink, async () => { process.stdout.write('reading'); await new Promise(() => undefined); });
`;

describe('an importer that is killed while GDAL reads', () => {
  it('leaves no process, and no folder once anything is read again', async () => {
    const many = collection(
      ...Array.from({ length: 60_000 }, (_, n) => feature({ name: 'x'.repeat(40), n }, point(1, 2))),
    );
    const file = (await makeFiles('GPKG', 'many.gpkg', many)).get('many.gpkg')!;
    const reader = new URL('../dist/formats/gdal/gdal-reader.js', import.meta.url).href;
    const importer = spawn(process.execPath, ['--input-type=module', '-e', readingForEver, reader], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    importer.stdin.end(file);
    await once(importer.stdout, 'data');
    const prefix = `tidetable-gdal-${importer.pid}-`;
    expect(await countProcessesIn(prefix)).toBe(1);

    importer.kill('SIGKILL');
    await once(importer, 'exit');
    await waitFor(async () => (await countProcessesIn(prefix)) === 0, { until: 'the process is gone' });
    const folders = async (): Promise<string[]> =>
      (await readdir(tmpdir())).filter((name) => name.startsWith(prefix));
    expect(await folders()).toHaveLength(1);
    await importFile(zipOf(await makeFiles('FlatGeobuf', 'after_kill.fgb', ports)));
    expect(await folders()).toEqual([]);
  });
});
