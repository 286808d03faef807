import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Failure, ImportReport, RunStagedV1 } from '@tidetable/contracts';
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

type Overrides = Parameters<ImporterWorld['stage']>[1];

async function importFile(content: string | Buffer, overrides: Overrides = {}): Promise<ImportReport> {
  const staged = await world.stage(content, overrides);
  const outcome = await world.import(staged);
  const event = await world.finished(staged);
  if (event.outcome !== 'imported') throw new Error(`${outcome}: ${JSON.stringify(event)}`);
  return event.report;
}

async function refuse(content: string | Buffer): Promise<Failure> {
  const staged: RunStagedV1 = await world.stage(content);
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

describe('JSON becomes a table', () => {
  const ports = [
    { name: 'A Coruña', code: '007', berths: 12, depth: 10.5, open: true, since: '1870-05-01', tags: ['x'] },
    { name: null, code: '12', berths: -3, depth: 9, open: false, since: null, tags: { a: 1 } },
  ];
  const types = {
    name: 'text',
    code: 'text',
    berths: 'integer',
    depth: 'double precision',
    open: 'boolean',
    since: 'date',
    tags: 'text',
  };
  const rows = [
    {
      name: 'A Coruña',
      code: '007',
      berths: 12,
      depth: 10.5,
      open: true,
      since: '1870-05-01',
      tags: '["x"]',
    },
    { name: null, code: '12', berths: -3, depth: 9, open: false, since: null, tags: '{"a":1}' },
  ];
  const read = 'name, code, berths, depth, open, since::text, tags';
  const text = JSON.stringify(ports);

  it.each<[string, string | Buffer]>([
    ['an array', text],
    ['an array over several lines', JSON.stringify(ports, null, 2)],
    ['a line each', ports.map((port) => JSON.stringify(port)).join('\n')],
    ['in an object', `{"total":2,"data":${text}}`],
    ['in UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['in Latin-1', Buffer.from(text, 'latin1')],
  ])('of %s', async (_name, content) => {
    const report = await importFile(content);
    expect(report).toMatchObject({ rows: 2, geometries: null });
    expect(typesOf(report)).toEqual(types);
    expect(await rowsOf(report, read)).toEqual(rows);
  });

  it('with the types that JSON declares, and no dates, where types are not to be guessed', async () => {
    const report = await importFile(text, { options: { typeGuessing: false } });
    expect(typesOf(report)).toEqual({ ...types, since: 'text' });
  });

  it('with numbers of any size, since JSON says that they are some', async () => {
    const report = await importFile('[{"a":12345678901234567890,"b":0},{"a":1,"b":1e-05}]');
    expect(typesOf(report)).toEqual({ a: 'numeric', b: 'double precision' });
    expect(await rowsOf(report, 'a::text, b')).toEqual([
      { a: '12345678901234567890', b: 0 },
      { a: '1', b: 0.00001 },
    ]);
  });

  it('with numbers digit for digit where a later text makes their column text', async () => {
    const numbers = Array.from({ length: 60_000 }, (_, i) => `{"a":${i}.50,"b":"padding ${i}"}`);
    const report = await importFile(`[${numbers.join(',')},{"a":"1.50"}]`);
    expect(typesOf(report)).toEqual({ a: 'text', b: 'text' });
    expect(
      await world.column(`SELECT a FROM demo.${report.table} WHERE cartodb_id IN (1, 60001) ORDER BY 1`),
    ).toEqual(['0.50', '1.50']);
    expect(report.warnings).toHaveLength(1);
  });

  it('with columns that only rows far down have', async () => {
    const many = Array.from({ length: 60_000 }, (_, i) => `{"a":${i},"b":"padding ${i}"}`);
    many.push('{"late":1.5,"a":1}', '{"later":"2020-01-02","late":2}');
    const report = await importFile(many.join('\n'));
    expect(report.rows).toBe(60_002);
    expect(typesOf(report)).toEqual({ a: 'integer', b: 'text', late: 'double precision', later: 'date' });
    expect(
      await world.sql(`SELECT count(*)::int, count(a)::int AS a, sum(late) AS late, max(later)::text AS later
        FROM demo.${report.table}`),
    ).toEqual([{ count: 60_002, a: 60_001, late: 3.5, later: '2020-01-02' }]);
  });

  it('with places where columns are called like coordinates', async () => {
    const report = await importFile('[{"name":"x","lat":40.4,"lon":-3.7}]');
    expect(await rowsOf(report, 'ST_AsText(the_geom) AS place')).toEqual([{ place: 'POINT(-3.7 40.4)' }]);
  });

  it.each([
    ['{"lat":"40.4","lon":"-3.7","zip":"123"}', ['POINT(-3.7 40.4)']],
    [
      '{"lat":"","lon":"","zip":"1"},{"Latitude":null,"lat":"40.4","lon":-3.7,"zip":"2"}',
      [null, 'POINT(-3.7 40.4)'],
    ],
  ])('with places where coordinates are written as texts: %s', async (rows, places) => {
    const report = await importFile(`[${rows}]`);
    expect(typesOf(report)).toMatchObject({ lat: 'double precision', lon: 'double precision', zip: 'text' });
    const found = await rowsOf<{ place: string | null }>(report, 'ST_AsText(the_geom) AS place');
    expect(found.map(({ place }) => place)).toEqual(places);
  });

  it('with text where what is called a coordinate is none', async () => {
    const report = await importFile('[{"lat":"40.4","lon":"west"},{"lat":"007","lon":"-3"}]');
    expect(typesOf(report)).toEqual({ lat: 'text', lon: 'text' });
  });

  it('without the lines that are no JSON, which are told', async () => {
    const lines = Array.from({ length: 300 }, (_, i) => `{"a":${i}}`);
    lines.splice(17, 0, '{"a":', 'null');
    const report = await importFile(lines.join('\n'));
    expect(report.rows).toBe(300);
    expect(report.warnings).toEqual([expect.stringMatching(/^2 rows/) as unknown as string]);
  });

  it.each<[string, string, Failure['code']]>([
    ['nothing but lines that are no JSON', '{"a":1}\n{"a"\n{"a"\n', 'rows-rejected'],
    [
      'more columns than a table can have',
      `[{"a":1},{${Array.from({ length: 1_600 }, (_, i) => `"c${i}":1`).join()}}]`,
      'columns-too-many',
    ],
  ])('but not of %s', async (_name, content, code) => {
    expect(await refuse(content)).toMatchObject({ code });
  });
});

describe('GeoJSON', () => {
  /** Numbers that look random and are the same each time. */
  function* random(): Generator<number, never> {
    for (let state = 1; ;) {
      state = (state * 48_271) % 2_147_483_647;
      yield state / 2_147_483_647;
    }
  }

  it('has the geometries that PostGIS reads out of it', async () => {
    const numbers = random();
    const next = (): number => numbers.next().value;
    const below = (limit: number): number => Math.floor(next() * limit);
    const position = (): number[] => {
      const digits = below(18);
      const numbersOf = [next() * 290 - 145, next() * 160 - 80, ...(next() < 0.2 ? [next() * 1000] : [])];
      return numbersOf.map((number) =>
        next() < 0.1 ? Math.round(number) : Number(number.toPrecision(digits || 1)),
      );
    };
    const many = <T>(least: number, make: () => T): T[] => Array.from({ length: least + below(4) }, make);
    const ring = (): number[][] => {
      const open = many(3, position);
      return [...open, open[0]!];
    };
    const line = (): number[][] => many(2, position);
    const polygon = (): number[][][] => many(1, ring);
    const shapes: (() => object)[] = [
      () => ({ type: 'Point', coordinates: position() }),
      () => ({ type: 'LineString', coordinates: line() }),
      () => ({ type: 'Polygon', coordinates: polygon() }),
      () => ({ type: 'MultiPoint', coordinates: many(1, position) }),
      () => ({ coordinates: many(1, line), type: 'MultiLineString' }),
      () => ({ type: 'MultiPolygon', coordinates: many(1, polygon), bbox: [1, 2, 3, 4] }),
    ];
    const shape = (): object => shapes[below(shapes.length)]!();
    shapes.push(() => ({ type: 'GeometryCollection', geometries: many(1, shape) }));
    const geometries = Array.from({ length: 500 }, shape);
    const features = geometries.map((geometry) => ({
      type: 'Feature',
      properties: { json: JSON.stringify(geometry) },
      geometry,
    }));
    const report = await importFile(JSON.stringify({ type: 'FeatureCollection', features }, null, 1));
    expect(report).toMatchObject({
      rows: 500,
      geometries: 500,
      warnings: [expect.stringMatching(/^\d+ geometries were not valid and were repaired\.$/)],
    });
    // Random polygons cross themselves more often than not.
    const [differences] = await world.sql<{ count: number }>(
      `SELECT count(*)::int FROM (
         SELECT the_geom, ST_Force2D(ST_GeomFromGeoJSON(json)) AS expected FROM demo.${report.table}
       ) AS rows
       WHERE ST_AsEWKB(the_geom) <> ST_AsEWKB(CASE
         WHEN GeometryType(expected) = 'GEOMETRYCOLLECTION' THEN
           CASE WHEN ST_Dimension(expected) = 2 AND NOT ST_IsValid(expected) THEN ST_MakeValid(expected) ELSE expected END
         WHEN ST_Dimension(expected) = 2 AND NOT ST_IsValid(expected)
           THEN ST_Multi(ST_CollectionExtract(ST_MakeValid(expected), 3))
         ELSE ST_Multi(expected) END)`,
    );
    expect(differences!.count).toBe(0);
  });

  it('keeps every row, with its geometry by rule', async () => {
    const cases: [string, string, string | null][] = [
      [
        'a ring that is not closed',
        '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}',
        'MULTIPOLYGON(((0 0,1 0,1 1,0 0)))',
      ],
      [
        'rounding beyond the edge',
        '{"type":"Point","coordinates":[-180.00000000000003,90.00000000000001]}',
        'POINT(-180 90)',
      ],
      [
        'a line across the date line',
        '{"type":"LineString","coordinates":[[170,0],[190,0]]}',
        'MULTILINESTRING((170 0,190 0))',
      ],
      [
        'empty parts',
        '{"type":"MultiLineString","coordinates":[[],[[0,0],[1,1]]]}',
        'MULTILINESTRING((0 0,1 1))',
      ],
      [
        'a collection with an empty member',
        '{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[]},{"type":"Point","coordinates":[1,2]}]}',
        'GEOMETRYCOLLECTION(POINT(1 2))',
      ],
      ['no positions', '{"type":"MultiPolygon","coordinates":[[[]]]}', null],
      ['an empty collection', '{"type":"GeometryCollection","geometries":[]}', null],
      ['one position of a line', '{"type":"LineString","coordinates":[[0,0]]}', null],
      ['a ring of two positions', '{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]}', null],
      ['a position of one number', '{"type":"Point","coordinates":[1]}', null],
      ['positions nested too deep', '{"type":"LineString","coordinates":[[[0,0],[1,1]]]}', null],
      ['a point that is no place', '{"type":"Point","coordinates":[190,0]}', null],
      [
        'metres',
        '{"type":"Polygon","coordinates":[[[440000,4470000],[440001,4470000],[440001,4470001],[440000,4470000]]]}',
        null,
      ],
      ['no type of GeoJSON', '{"type":"Circle","coordinates":[0,0]}', null],
      ['no coordinates', '{"type":"Point"}', null],
      ['no object', '"POINT(1 2)"', null],
    ];
    const features = cases.map(
      ([name, geometry]) => `{"type":"Feature","properties":{"name":"${name}"},"geometry":${geometry}}`,
    );
    const report = await importFile(`{"type":"FeatureCollection","features":[${features.join()}]}`);
    expect(await rowsOf(report, 'name, ST_AsText(the_geom) AS place')).toEqual(
      cases.map(([name, , place]) => ({ name, place })),
    );
    expect(report.warnings).toEqual([
      '2 geometries with coordinates that are no degrees became empty.',
      "7 geometries that are none by GeoJSON's rules became empty.",
      '1 geometry had a ring that was not closed; it was closed.',
      '11 rows have no geometry.',
    ]);
  });

  it('whose reference system stands behind its features is brought into degrees', async () => {
    const file = (name: string): string =>
      `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":
        {"type":"Point","coordinates":[500000,4428236]}}],"crs":{"type":"name","properties":{"name":"${name}"}}}`;
    const report = await importFile(file('urn:ogc:def:crs:EPSG::25830'));
    expect(await rowsOf(report, 'a, ST_AsText(ST_SnapToGrid(the_geom, 0.001)) AS place')).toEqual([
      { a: 1, place: 'POINT(-3 40.004)' },
    ]);
    expect(await refuse(file('urn:ogc:def:crs:EPSG::999999'))).toMatchObject({ code: 'crs-unknown' });
  });

  it('of a server of Esri becomes a table', async () => {
    const report = await importFile(
      JSON.stringify({
        geometryType: 'esriGeometryPoint',
        spatialReference: { wkid: 4326 },
        fields: [{ name: 'a', type: 'esriFieldTypeInteger' }],
        features: [{ attributes: { a: 1 }, geometry: { x: -3, y: 40 } }],
      }),
    );
    expect(await rowsOf(report, 'a, ST_AsText(the_geom) AS place')).toEqual([
      { a: 1, place: 'POINT(-3 40)' },
    ]);
  });
});
