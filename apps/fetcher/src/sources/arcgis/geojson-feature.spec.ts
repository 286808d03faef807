import { describe, expect, it } from '@jest/globals';
import { geoJsonGeometry, type EsriGeometry } from './esri-geometry.js';
import { geoJsonFeature } from './geojson-feature.js';

const shell = [[0, 0], [0, 10], [10, 10], [10, 0], [0, 0]]; // prettier-ignore
const hole = [[2, 2], [4, 2], [4, 4], [2, 4], [2, 2]]; // prettier-ignore
const island = [[2.5, 2.5], [2.5, 3.5], [3.5, 3.5], [3.5, 2.5], [2.5, 2.5]]; // prettier-ignore
const apart = [[20, 0], [20, 5], [25, 5], [20, 0]]; // prettier-ignore
const turned = (ring: number[][]): number[][] => [...ring].reverse();

describe('a geometry of ArcGIS', () => {
  it.each<[string, EsriGeometry | null | undefined, object | null]>([
    ['a point', { x: 1, y: 2 }, { type: 'Point', coordinates: [1, 2] }],
    ['a point with height', { x: 1, y: 2, z: 3 }, { type: 'Point', coordinates: [1, 2, 3] }],
    ['an empty point', { x: 'NaN', y: 'NaN' }, null],
    ['nothing', null, null],
    ['no geometry', undefined, null],
    ['points', { points: [[1, 2], [3, 4]] }, { type: 'MultiPoint', coordinates: [[1, 2], [3, 4]] }],
    ['no points', { points: [] }, null],
    ['a line', { paths: [[[1, 2], [3, 4]]] }, { type: 'LineString', coordinates: [[1, 2], [3, 4]] }],
    [
      'lines, one of which has a single corner',
      { paths: [[[1, 2], [3, 4]], [[9, 9]], [[5, 6], [7, 8]]] },
      { type: 'MultiLineString', coordinates: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]] },
    ],
    ['measures without heights', { hasM: true, paths: [[[1, 2, 99], [3, 4, 98]]] }, { type: 'LineString', coordinates: [[1, 2], [3, 4]] }],
    ['measures behind heights', { hasZ: true, hasM: true, points: [[1, 2, 3, 99]] }, { type: 'MultiPoint', coordinates: [[1, 2, 3]] }],
    ['a polygon', { rings: [shell] }, { type: 'Polygon', coordinates: [turned(shell)] }],
    ['a polygon with a hole', { rings: [shell, hole] }, { type: 'Polygon', coordinates: [turned(shell), turned(hole)] }],
    ['a hole before its shell', { rings: [hole, shell] }, { type: 'Polygon', coordinates: [turned(shell), turned(hole)] }],
    [
      'an island in a hole, and another polygon',
      { rings: [shell, hole, island, apart] },
      { type: 'MultiPolygon', coordinates: [[turned(shell), turned(hole)], [turned(island)], [turned(apart)]] },
    ],
    ['a shell drawn the wrong way', { rings: [turned(shell)] }, { type: 'Polygon', coordinates: [turned(shell)] }],
    ['rings of no area', { rings: [[[0, 0], [1, 1], [0, 0]]] }, null],
  ])('becomes GeoJSON: %s', (_what, geometry, expected) => {
    expect(geoJsonGeometry(geometry)).toEqual(expected);
  }); // prettier-ignore
});

describe('a feature of ArcGIS', () => {
  const dates = new Set(['built']);
  const convert = (json: string): string => geoJsonFeature(Buffer.from(json), dates).toString();

  it.each([
    [
      '{"attributes":{"OBJECTID":1,"big":12345678901234567890,"built":1704067200000},"geometry":{"x":9.98,"y":53.54}}',
      '{"type":"Feature","properties":{"OBJECTID":1,"big":12345678901234567890,"built":"2024-01-01T00:00:00.000Z"},"geometry":{"type":"Point","coordinates":[9.98,53.54]}}',
    ],
    [
      '{"type":"Feature","id":1,"geometry":{"type":"Point","coordinates":[1.50,2]},"properties":{"built":null,"name":"x"}}',
      '{"type":"Feature","properties":{"built":null,"name":"x"},"geometry":{"type":"Point","coordinates":[1.50,2]}}',
    ],
    ['{"attributes":{"a":1}}', '{"type":"Feature","properties":{"a":1},"geometry":null}'],
    [
      '{"attributes":{"built":-1,"other":1704067200000},"geometry":null}',
      '{"type":"Feature","properties":{"built":"1969-12-31T23:59:59.999Z","other":1704067200000},"geometry":null}',
    ],
    [
      '{"attributes":{"built":99999999999999999999}}',
      '{"type":"Feature","properties":{"built":99999999999999999999},"geometry":null}',
    ],
  ])('becomes GeoJSON with all digits: %s', (json, expected) => {
    expect(convert(json)).toBe(expected);
  });
});
