import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Failure, ImportReport, RunStagedV1 } from '@tidetable/contracts';
import { countryShape } from '@tidetable/countries';
import { GeometryBuffer } from '../src/geometry/geometry-buffer.js';
import { readGeometryText } from '../src/geometry/read-geometry.js';
import { createImporterWorld, type ImporterWorld, nothingLeft } from './importer-world.js';

let world: ImporterWorld;

beforeAll(async () => {
  world = await createImporterWorld();
});

afterEach(async () => {
  expect(await world.leftovers()).toEqual(nothingLeft);
});

afterAll(() => world.stop());

type Options = Partial<RunStagedV1['options']>;

async function importCsv(content: string, options: Options = {}): Promise<ImportReport> {
  return reportOf(await world.stage(content, { options }));
}

async function reportOf(staged: RunStagedV1): Promise<ImportReport> {
  const outcome = await world.import(staged);
  const event = await world.finished(staged);
  if (event.outcome !== 'imported') throw new Error(`${outcome}: ${JSON.stringify(event)}`);
  return event.report;
}

async function refuse(content: string): Promise<Failure> {
  const staged = await world.stage(content);
  expect(await world.import(staged)).toBe('failed');
  const event = await world.finished(staged);
  if (event.outcome !== 'failed') throw new Error(`the run ended as ${event.outcome}`);
  return event.failure;
}

const namesOf = (report: ImportReport): string[] => report.columns.slice(3).map(({ name }) => name);
const placesOf = (report: ImportReport): Promise<(string | null)[]> =>
  world.column<string | null>(
    `SELECT ST_AsEWKT(ST_SnapToGrid(the_geom, 0.000001)) FROM demo.${report.table} ORDER BY cartodb_id`,
  );
const csv = (header: string, ...values: string[]): string =>
  `id,${header}\n${values.map((value, i) => `${i + 1},"${value.replaceAll('"', '""')}"`).join('\n')}\n`;

describe('a column of geometries becomes the geometry of the table', () => {
  const notations = [
    'POINT(1 2)',
    'SRID=4326;POINT Z (1 2 3)',
    '0101000000000000000000F03F0000000000000040',
    '00000000013ff00000000000004000000000000000',
    '{"type":"Point","coordinates":[1,2]}',
    '<Point><coordinates>1,2,0</coordinates></Point>',
  ];

  it.each(['the_geom', 'geom', 'wkb_geometry', 'WKT', 'whatever'])('named %s', async (name) => {
    const report = await importCsv(csv(name, ...notations));
    expect(report).toMatchObject({ rows: 6, geometries: 6, warnings: [] });
    expect(namesOf(report)).toEqual(['id']);
    expect(await placesOf(report)).toEqual(notations.map(() => 'SRID=4326;POINT(1 2)'));
  });

  it('with its place on the map, both indexes, and lines and polygons as their multi kinds', async () => {
    const report = await importCsv(
      csv('geom', 'LINESTRING(0 0,1 1)', 'POLYGON((0 0,1 0,1 1,0 0))', 'MULTIPOINT(1 2)', '', 'POINT EMPTY'),
    );
    expect(report).toMatchObject({ geometries: 3, warnings: ['2 rows have no geometry.'] });
    expect(await placesOf(report)).toEqual([
      'SRID=4326;MULTILINESTRING((0 0,1 1))',
      'SRID=4326;MULTIPOLYGON(((0 0,1 0,1 1,0 0)))',
      'SRID=4326;MULTIPOINT(1 2)',
      null,
      null,
    ]);
    expect(
      await world.column(
        `SELECT DISTINCT the_geom_webmercator ~= ST_Transform(the_geom, 3857) FROM demo.${report.table}
          WHERE the_geom IS NOT NULL`,
      ),
    ).toEqual([true]);
    expect(
      await world.column('SELECT count(*)::int FROM pg_indexes WHERE tablename = $1', [report.table]),
    ).toEqual([3]);
  });

  it('whose points are multi points where some are', async () => {
    const report = await importCsv(csv('geom', 'POINT(1 2)', 'MULTIPOINT(1 2,3 4)'));
    expect(await placesOf(report)).toEqual(['SRID=4326;MULTIPOINT(1 2)', 'SRID=4326;MULTIPOINT(1 2,3 4)']);
  });

  it('without what cannot be read of it, which is told', async () => {
    const report = await importCsv(
      csv('geom', ...Array<string>(20).fill('POINT(1 2)'), 'Madrid', 'POINT(440290 4474257)'),
    );
    expect(report).toMatchObject({
      rows: 22,
      geometries: 20,
      warnings: [
        '1 value of column geom is no geometry that can be read, on line 22.',
        '1 geometry of column geom is not in degrees and left out, on line 23.',
        '2 rows have no geometry.',
      ],
    });
  });

  it('in degrees, whatever reference systems it names', async () => {
    const report = await importCsv(
      csv(
        'geom',
        'SRID=25830;POINT(440290 4474257)',
        'SRID=3857;POINT(-412408.8 4926663.2)',
        'POINT(-3.7 40.4)',
        'SRID=25830;POINT(1e30 1e30)',
      ),
    );
    expect(report).toMatchObject({
      geometries: 3,
      warnings: ['1 geometry cannot be brought into degrees and was left out.', '1 row has no geometry.'],
    });
    const places = await world.column<string | null>(
      `SELECT ST_AsText(ST_SnapToGrid(the_geom, 0.01)) FROM demo.${report.table} ORDER BY cartodb_id`,
    );
    expect(places).toEqual(['POINT(-3.7 40.42)', 'POINT(-3.7 40.42)', 'POINT(-3.7 40.4)', null]);
    expect(
      await world.column(
        `SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
        [`demo.${report.table}`],
      ),
    ).toEqual(['cartodb_id', 'the_geom', 'the_geom_webmercator', 'id']);
    expect(
      await world.column(
        `SELECT proname FROM pg_proc WHERE pronamespace = 'tidetable_staging'::regnamespace`,
      ),
    ).toEqual([]);
  });

  it('in a second pass where only the end of the file tells', async () => {
    const many = Array<string>(30_000).fill('POINT(-3.70380 40.41680)');
    const foreign = await importCsv(csv('geom', ...many, 'SRID=25830;MULTIPOINT(440290 4474257)'));
    expect(foreign).toMatchObject({ rows: 30_001, geometries: 30_001, warnings: [] });
    const unnamed = await importCsv(csv('a', ...many, 'x'));
    expect(unnamed).toMatchObject({ geometries: null });
    expect(namesOf(unnamed)).toEqual(['id', 'a']);
  });

  it('rather than its coordinates', async () => {
    const report = await importCsv('lat,lon,the_geom\n10,20,POINT(1 2)\n');
    expect(await placesOf(report)).toEqual(['SRID=4326;POINT(1 2)']);
    expect(namesOf(report)).toEqual(['lat', 'lon']);
  });

  it('or is refused for a reference system that nobody knows', async () => {
    expect(await refuse(csv('geom', 'SRID=999999;POINT(1 2)'))).toEqual({
      code: 'crs-unknown',
      detail: 'SRID 999999',
    });
  });

  it.each<[string, string[], string]>([
    [
      'the_geom',
      ['POINT(1 2)', 'Madrid', 'Rome'],
      'Column the_geom_str stays text: 2 of its values are no geometry that can be read, on lines 3, 4.',
    ],
    [
      'geom',
      ['POINT(440290 4474257)'],
      'Column geom stays text: its coordinates are no degrees, and it names no reference system.',
    ],
  ])('or stays text, which sinks nothing, as %s with %j', async (name, values, warning) => {
    const report = await importCsv(csv(name, ...values));
    expect(report).toMatchObject({ rows: values.length, geometries: null, warnings: [warning] });
    expect(report.columns.at(-1)).toMatchObject({ type: 'text' });
    expect(
      await world.column(`SELECT ${report.columns.at(-1)!.name} FROM demo.${report.table} ORDER BY id`),
    ).toEqual(values);
  });
});

describe('geometries that are not as they should be', () => {
  const bowTie = 'POLYGON((0 0,2 2,2 0,0 2,0 0))';

  it('are repaired, closed or left out, and counted', async () => {
    const report = await importCsv(
      csv(
        'geom',
        bowTie,
        'POLYGON((0 0,1 0,1 1))',
        'POLYGON((0 0,1 1,2 2,0 0))',
        'POLYGON((0 0,1 0,1 1,0 0))',
        `GEOMETRYCOLLECTION(POINT(1 2),${bowTie})`,
      ),
    );
    expect(report).toMatchObject({
      geometries: 4,
      warnings: [
        '1 geometry had an outline that did not end where it began; it was closed.',
        '3 geometries were not valid and were repaired.',
        '1 geometry enclosed nothing and was left out.',
        '1 row has no geometry.',
      ],
    });
    expect(
      await world.sql(
        `SELECT GeometryType(the_geom) AS type, ST_IsValid(the_geom) AND ST_IsValid(the_geom_webmercator) AS valid,
          ST_Area(the_geom) AS area, the_geom_webmercator ~= ST_Transform(the_geom, 3857) AS mapped
          FROM demo.${report.table} ORDER BY cartodb_id`,
      ),
    ).toEqual([
      { type: 'MULTIPOLYGON', valid: true, area: 2, mapped: true },
      { type: 'MULTIPOLYGON', valid: true, area: 0.5, mapped: true },
      { type: null, valid: null, area: null, mapped: null },
      { type: 'MULTIPOLYGON', valid: true, area: 0.5, mapped: true },
      { type: 'GEOMETRYCOLLECTION', valid: true, area: 2, mapped: true },
    ]);
  });

  it('are repaired in geo files as well', async () => {
    const ring = [[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]; // prettier-ignore
    const feature = {
      type: 'Feature',
      properties: { a: 1 },
      geometry: { type: 'Polygon', coordinates: [ring] },
    };
    const report = await importCsv(JSON.stringify({ type: 'FeatureCollection', features: [feature] }));
    expect(report).toMatchObject({ geometries: 1, warnings: ['1 geometry was not valid and was repaired.'] });
  });

  it('end where the map does, and cross the date line as they are', async () => {
    const report = await importCsv(
      csv(
        'geom',
        'LINESTRING(0 80,0 90)',
        'POLYGON((0 80,10 80,10 90,0 90,0 80))',
        'POINT(0 -90)',
        'LINESTRING(170 0,190 0)',
        'POLYGON((-190 0,-170 0,-170 1,-190 0))',
      ),
    );
    expect(report.geometries).toBe(5);
    expect(
      await world.sql(
        `SELECT round(ST_YMax(ST_Transform(the_geom_webmercator, 4326))::numeric, 6)::float AS top,
          round(ST_XMin(the_geom_webmercator))::int AS west, round(ST_XMax(the_geom_webmercator))::int AS east
          FROM demo.${report.table} ORDER BY cartodb_id`,
      ),
    ).toEqual([
      { top: 89, west: 0, east: 0 },
      { top: 89, west: 0, east: 1113195 },
      { top: null, west: null, east: null },
      { top: 0, west: 18924313, east: 21150703 },
      { top: 1, west: -21150703, east: -18924313 },
    ]);
  });
});

describe('columns of coordinates', () => {
  it.each<[string, string]>([
    ['lon,lat', '-3.7,40.4'],
    ['y,x', '40.4,-3.7'],
    ['GPS Latitude,GPS Longitude', '40.4,-3.7'],
    ['lat;lon', '40,4;-3,7'],
  ])('make points as %s with %s', async (header, row) => {
    const report = await importCsv(`${header}\n${row}\n`);
    expect(report).toMatchObject({ geometries: 1, warnings: [] });
    expect(await placesOf(report)).toEqual(['SRID=4326;POINT(-3.7 40.4)']);
  });

  it.each<[string, string, string[]]>([
    [
      'lat,lon',
      '-118.2,34\n-73.9,40.7',
      ['Columns lat and lon make no points: their values are places only the other way round.'],
    ],
    [
      'lat,lon',
      '4474257,440290\n4474258,440291',
      ['Columns lat and lon make no points: most of their values are no degrees.'],
    ],
    ['x,y', '440290.5,4474257.5', []],
    ['x,y', '3,4\n5,6', []],
  ])('make none as %s with %j', async (header, rows, warnings) => {
    const report = await importCsv(`${header}\n${rows}\n`);
    expect(report).toMatchObject({ geometries: null, warnings });
    expect(namesOf(report)).toEqual(header.split(','));
  });

  it('keep the place at 0, 0', async () => {
    expect(await placesOf(await importCsv('lat,lon\n0,0\n'))).toEqual(['SRID=4326;POINT(0 0)']);
  });
});

describe('countries become areas where content is guessed', () => {
  const guess = { contentGuessing: true };
  const file = (...countries: string[]): string =>
    `a,country\n${countries.map((name) => `1,${name}`).join('\n')}\n`;

  it('by names in any language and by codes, at every refresh', async () => {
    const first = await world.stage(file('Spain', 'Deutschland', "Côte d'Ivoire", 'Spain'), {
      options: guess,
    });
    const report = await reportOf(first);
    expect(report).toMatchObject({
      geometries: 4,
      warnings: ['Each row has the area of the country in column country.'],
    });
    expect(namesOf(report)).toEqual(['a', 'country']);
    expect(
      await world.column(
        `SELECT ST_Intersects(the_geom, ST_SetSRID(ST_MakePoint(-3.7, 40.4), 4326)) FROM demo.${report.table} ORDER BY cartodb_id`,
      ),
    ).toEqual([true, false, false, true]);
    const next = await reportOf(
      await world.stageNext(
        first,
        file('ES', 'USA', 'Nowhere', 'FR', 'IT', ...Array<string>(20).fill('Peru')),
      ),
    );
    expect(next).toMatchObject({ table: report.table, rows: 25, geometries: 24 });
    expect(next.warnings).toEqual([
      'Each row has the area of the country in column country.',
      '1 value of column country is no country that can be drawn, on line 4.',
    ]);
  });

  it('only where nearly all values name one, and otherwise says which do not', async () => {
    const names = ['Spain', 'Peru', 'Nowhere', 'Chad', 'Mali', 'Somewhere'];
    expect(await importCsv(file(...names), guess)).toMatchObject({
      geometries: null,
      warnings: [
        'Column country got no areas of countries: 2 of its values are no country that can be drawn, on lines 4, 7.',
      ],
    });
  });

  it('in a second pass where only the end of the file tells', async () => {
    const many = Array<string>(40_000).fill('Andorra, in the Pyrenees');
    const report = await importCsv(
      `a,country\n${many.map((name) => `"${name}",`).join('\n')}\nx,Andorra\n`,
      guess,
    );
    expect(report).toMatchObject({ rows: 40_001, geometries: 1 });
  });

  it('not unless that is asked for', async () => {
    expect(await importCsv(file('Spain'))).toMatchObject({ geometries: null, warnings: [] });
  });

  it('with areas that are valid, in degrees and on the map', async () => {
    const codes = ['RU', 'FJ', 'AQ', 'US', 'NZ', 'KI', 'TV', 'SD', 'NO', 'FR', 'CA', 'CY', 'UM'];
    for (const detail of ['fine', 'coarse'] as const) {
      const shapes = codes.map((code) => countryShape(code, detail)!);
      const bad = await world.sql(
        `SELECT ST_IsValidReason(shape::geometry) AS reason FROM unnest($1::bytea[]) AS shape WHERE NOT ST_IsValid(shape::geometry)`,
        [shapes.flatMap(({ degrees, webmercator }) => [degrees, webmercator])],
      );
      expect(bad).toEqual([]);
    }
  });
});

describe('what is read of a text', () => {
  const buffer = new GeometryBuffer();

  it('is what PostGIS reads, for any geometry', async () => {
    // The same shapes each time, with no more digits than PostGIS writes of numbers near zero.
    await world.sql('SELECT setseed(0.5)');
    const shapes = await world.sql<{
      wkt: string;
      ewkb: string;
      wkb: string;
      json: string;
      kml: string | null;
      geometry: string;
    }>(
      `SELECT 'SRID=4326;' || ST_AsText(shape, 20) AS wkt, encode(ST_AsEWKB(shape, 'XDR'), 'hex') AS ewkb,
        encode(ST_AsBinary(shape), 'hex') AS wkb, ST_AsGeoJSON(shape, 20) AS json, CASE WHEN GeometryType(shape) <> 'GEOMETRYCOLLECTION' THEN ST_AsKML(shape, 20) END AS kml,
        ST_AsHexEWKB(CASE WHEN GeometryType(shape) LIKE 'MULTI%' OR GeometryType(shape) IN ('POINT', 'GEOMETRYCOLLECTION')
          THEN ST_Force2D(shape) ELSE ST_Multi(ST_Force2D(shape)) END) AS geometry
      FROM (
        SELECT n, ST_SetSRID(ST_SnapToGrid(CASE n % 8
          WHEN 0 THEN ST_MakePoint(random() * 360 - 180, random() * 180 - 90)
          WHEN 1 THEN ST_MakePoint(random() * 360 - 180, random() * 180 - 90, random() * 1e4)
          WHEN 2 THEN ST_Multi(ST_GeneratePoints(area, 5))
          WHEN 3 THEN ST_ExteriorRing(area)
          WHEN 4 THEN area
          WHEN 5 THEN ST_Difference(area, ST_Buffer(ST_Centroid(area), 0.5))
          WHEN 6 THEN ST_Union(area, ST_Translate(area, 10, 0))
          ELSE ST_Collect(ARRAY[area, ST_ExteriorRing(area), ST_Centroid(area)])
        END, 1e-9), 4326) AS shape
        FROM generate_series(1, 400) AS n,
          LATERAL ST_Buffer(ST_MakePoint(random() * 300 - 150, random() * 140 - 70), 1 + random(), 3 + n % 5) AS area
      ) AS random_shapes ORDER BY n`,
    );
    expect(shapes).toHaveLength(400);
    for (const { geometry, ...texts } of shapes) {
      for (const [notation, text] of Object.entries(texts)) {
        if (text === null) continue;
        const bytes = Buffer.from(text);
        const reading = readGeometryText(bytes, 0, bytes.length, buffer);
        buffer.seal(false);
        const read = buffer.bytes.toString('hex', buffer.start, buffer.end).toUpperCase();
        expect([notation, reading, text, read]).toEqual([notation, 'geometry', text, geometry]);
      }
    }
  });
});
