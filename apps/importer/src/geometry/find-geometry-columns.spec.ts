import { describe, expect, it } from '@jest/globals';
import { rankGeometryColumns } from './find-geometry-columns.js';

describe('rankGeometryColumns', () => {
  it.each([
    'the_geom',
    'geom',
    'geometry',
    'Geometry',
    'wkb_geometry',
    'WKT',
    'geojson',
    'GeoJSON',
    'shape',
    'way',
    'geog',
    'ST_AsText',
    ' Geo Shape ',
    'the_geom_webmercator',
  ])('takes %s for a geometry before any other column', (name) => {
    expect(rankGeometryColumns(['id', null, name])[0]).toMatchObject({ column: 2, isNamed: true });
  });

  it.each<[string, (string | null)[], number[]]>([
    ['the surer name first', ['wkt', 'geom', 'the_geom'], [2, 1, 0]],
    ['the geometry in degrees before the one for maps', ['the_geom_webmercator', 'the_geom'], [1, 0]],
    ['those without a telling name last, as they stand', ['b', 'geom', null, 'a'], [1, 0, 2, 3]],
  ])('has %s', (_name, headers, expected) => {
    expect(rankGeometryColumns(headers).map(({ column }) => column)).toEqual(expected);
  });
});
