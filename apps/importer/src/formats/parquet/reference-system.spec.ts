import { describe, expect, it } from '@jest/globals';
import { sridOf } from './reference-system.js';

const id = (authority: string, code: unknown): object => ({
  type: 'ProjectedCRS',
  name: 'x',
  id: { authority, code },
});

describe('the reference system of a Parquet file', () => {
  it.each<[string, unknown, number]>([
    ['not given', undefined, 4326],
    ['OGC:CRS84', id('OGC', 'CRS84'), 4326],
    ['OGC:CRS83', id('OGC', 'CRS83'), 4269],
    ['EPSG in PROJJSON', id('EPSG', 25830), 25830],
    ['EPSG in PROJJSON, the number as text', id('EPSG', '3857'), 3857],
    ['ESRI in PROJJSON', id('ESRI', 102008), 102008],
    ['an old number of the projection of the web', id('ESRI', 102100), 3857],
    ['several identifiers', { name: 'x', ids: [{ authority: 'EPSG', code: 2154 }] }, 2154],
    ['WGS 84 without an identifier', { type: 'GeographicCRS', name: 'WGS 84 (CRS84)' }, 4326],
    ['a name', 'EPSG:2154', 2154],
    ['a name of Parquet', 'srid:4269', 4269],
    ['a URN', 'urn:ogc:def:crs:EPSG::25831', 25831],
    ['a URN of OGC', 'urn:ogc:def:crs:OGC:1.3:CRS84', 4326],
    ['WKT', 'PROJCS["RGF93",GEOGCS["x",AUTHORITY["EPSG","4171"]],AUTHORITY["EPSG","2154"]]', 2154],
    ['newer WKT', 'GEOGCRS["WGS 84",DATUM["x",ID["EPSG",6326]],ID["EPSG",4326]]', 4326],
    ['WKT of WGS 84 without an identifier', `GEOGCS["WGS 84",DATUM["x"]]`, 4326],
  ])('%s', (_what, crs, srid) => {
    expect(sridOf(crs)).toBe(srid);
  });

  it.each<[string, unknown, string]>([
    ['said to be none', null, 'it says that it has none'],
    ['of another authority', { name: 'Town', id: { authority: 'TOWN', code: 7 } }, 'Town (TOWN:7)'],
    ['with a name alone', { name: 'NAD83 / Conus Albers' }, 'NAD83 / Conus Albers'],
    ['without anything', {}, 'it has neither an identifier nor a name'],
    ['with a number that is none', id('EPSG', 'x1'), 'x (EPSG:x1)'],
    ['with a number beyond all', id('EPSG', 999_999), 'x (EPSG:999999)'],
    ['with a long name', { name: 'n'.repeat(200) }, 'n'.repeat(80)],
    ['with identifiers that are none', { name: 'x', ids: 7 }, 'x'],
    ['that is a number', 7, '7'],
  ])('%s is refused by its name', (_what, crs, detail) => {
    expect(() => sridOf(crs)).toThrow(detail);
  });
});
