import { describe, expect, it } from '@jest/globals';
import { GeometryBuffer } from './geometry-buffer.js';
import { type GeometryReading, readGeometryText } from './read-geometry.js';

const buffer = new GeometryBuffer();

function read(text: string): GeometryReading {
  const padded = Buffer.from(`(${text})`);
  return readGeometryText(padded, 1, padded.length - 1, buffer);
}

/** The EWKB, as the table gets it, in hexadecimal digits. */
function ewkb(text: string, multiPoints = false): string {
  expect([text, read(text)]).toEqual([text, 'geometry']);
  buffer.seal(multiPoints);
  return buffer.bytes.toString('hex', buffer.start, buffer.end);
}

const head = (type: string): string => `01${type}000020e6100000`;
const count = (n: number): string => `0${n}000000`;
const double = (n: number): string => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(n);
  return bytes.toString('hex');
};
const at = (...ordinates: number[]): string => ordinates.map(double).join('');

const point = head('01') + at(1, 2);
const line = head('05') + count(1) + '0102000000' + count(2) + at(1, 2, 3, 4);
const ring = count(4) + at(0, 0, 4, 0, 4, 4, 0, 0);
const polygon = head('06') + count(1) + '0103000000' + count(1) + ring;
const multiPoint = head('04') + count(2) + '0101000000' + at(1, 2) + '0101000000' + at(3, 4);
const collection = head('07') + count(2) + '0101000000' + at(1, 2) + '0102000000' + count(2) + at(1, 2, 3, 4);

const wkb = {
  point: '0101000000' + at(1, 2),
  bigEndian: '00000000013ff00000000000004000000000000000',
  bigEndianSrid: '0020000001000010e63ff00000000000004000000000000000',
  ewkbZ: '0101000080' + at(1, 2, 3),
  ewkbZM: '01010000c0' + at(1, 2, 3, 4),
  ewkbMSrid: '0101000060e6100000' + at(1, 2, 9),
  isoZ: '01e9030000' + at(1, 2, 3),
  isoM: '01d1070000' + at(1, 2, 3),
  isoZM: '01b90b0000' + at(1, 2, 3, 4),
  mixedOrders: '0107000000' + count(2) + wkbBigEndianPoint() + '0102000000' + count(2) + at(1, 2, 3, 4),
};

function wkbBigEndianPoint(): string {
  return '00000000013ff00000000000004000000000000000';
}

describe('a text is read as a geometry', () => {
  it.each<[string, string]>([
    ['POINT(1 2)', point],
    ['  point ( 1\t2 )\n', point],
    ['Point(1 2)', point],
    ['POINT Z (1 2 3)', point],
    ['POINTZ(1 2 3)', point],
    ['POINT(1 2 3)', point],
    ['POINT M (1 2 3)', point],
    ['POINT ZM (1 2 3 4)', point],
    ['pointzm(1 2 3 4)', point],
    ['SRID=4326;POINT(1 2)', point],
    ['srid=4326 ; POINT(1 2)', point],
    ['SRID=0;POINT(1 2)', point],
    ['POINT(+1.0 2e0)', point],
    ['POINT(.1e1 200E-2)', point],
    ['LINESTRING(1 2,3 4)', line],
    ['LINESTRING Z (1 2 0 , 3 4 0)', line],
    ['MULTILINESTRING((1 2,3 4))', line],
    ['POLYGON((0 0,4 0,4 4,0 0))', polygon],
    ['POLYGON((0 0,4 0,4 4))', polygon],
    ['MULTIPOLYGON(((0 0,4 0,4 4,0 0)))', polygon],
    ['MULTIPOINT(1 2,3 4)', multiPoint],
    ['MULTIPOINT((1 2),(3 4))', multiPoint],
    ['MULTIPOINT Z ((1 2 3), (3 4 5))', multiPoint],
    ['GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(1 2,3 4))', collection],
    ['{"type":"Point","coordinates":[1,2]}', point],
    ['{"coordinates":[1,2,3],"type":"Point","bbox":[1,2,1,2]}', point],
    ['{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[1,2]}}', point],
    ['{"type":"Point","crs":{"type":"name","properties":{"name":"EPSG:4326"}},"coordinates":[1,2]}', point],
    [
      '{"type":"Point","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"coordinates":[1,2]}',
      point,
    ],
    ['{"type":"LineString","coordinates":[[1,2],[3,4]]}', line],
    ['{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]]]}', polygon],
    ['{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}', multiPoint],
    ['{"type":"MultiPolygon",\n"coordinates":[[[[0,0],[4,0],[4,4],[0,0]]]]}', polygon],
    [
      '{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"LineString","coordinates":[[1,2],[3,4]]}]}',
      collection,
    ],
    ['<Point><coordinates>1,2</coordinates></Point>', point],
    ['<Point><altitudeMode>absolute</altitudeMode><coordinates> 1, 2, 3 </coordinates></Point>', point],
    [
      '<kml:Point xmlns:kml="http://www.opengis.net/kml/2.2"><kml:coordinates>1,2,0</kml:coordinates></kml:Point>',
      point,
    ],
    [
      '<?xml version="1.0"?><Placemark><name>a</name><Point><coordinates>1,2</coordinates></Point></Placemark>',
      point,
    ],
    ['<LineString><!-- a line --><coordinates>1,2\n3,4</coordinates></LineString>', line],
    [
      '<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0,0 4,0,0 4,4,0 0,0,0</coordinates></LinearRing></outerBoundaryIs></Polygon>',
      polygon,
    ],
    [
      '<MultiGeometry><Point><coordinates>1,2</coordinates></Point><Point><coordinates>3,4</coordinates></Point></MultiGeometry>',
      multiPoint,
    ],
    [
      '<MultiGeometry><Point><coordinates>1,2</coordinates></Point><LineString><coordinates>1,2 3,4</coordinates></LineString></MultiGeometry>',
      collection,
    ],
    [point, point],
    [point.toUpperCase(), point],
    [`\\x${point}`, point],
    [`0x${point.toUpperCase()}`, point],
    [wkb.point, point],
    [wkb.bigEndian, point],
    [wkb.bigEndianSrid, point],
    [wkb.ewkbZ, point],
    [wkb.ewkbZM, point],
    [wkb.ewkbMSrid, point],
    [wkb.isoZ, point],
    [wkb.isoM, point],
    [wkb.isoZM, point],
    [wkb.mixedOrders, collection],
    [polygon, polygon],
  ])('%s', (text, expected) => {
    expect(ewkb(text)).toBe(expected);
  });

  it.each([
    '',
    '  ',
    'POINT EMPTY',
    'POINT Z EMPTY',
    'LINESTRING EMPTY',
    'POLYGON EMPTY',
    'MULTIPOINT(EMPTY)',
    'MULTIPOLYGON EMPTY',
    'GEOMETRYCOLLECTION EMPTY',
    'GEOMETRYCOLLECTION(POINT EMPTY, LINESTRING EMPTY)',
    '{"type":"Point","coordinates":[]}',
    '{"type":"MultiPolygon","coordinates":[]}',
    '<MultiGeometry></MultiGeometry>',
    `${head('01')}000000000000f87f000000000000f87f`,
    '010700000000000000',
  ])('%j as an empty one', (text) => {
    expect(read(text)).toBe('empty');
  });

  it.each([
    'Madrid',
    '0',
    '12',
    '40.4, -3.7',
    'POINT',
    'POINT()',
    'POINT(1)',
    'POINT(1 2',
    'POINT(1 2))',
    'POINT(1 2) x',
    'POINT(1,2)',
    'POINT(1 2 3 4 5)',
    'POINT(nan nan)',
    'POINT(1e999 0)',
    'POINT(1 --2)',
    'POINTY(1 2)',
    'LINESTRING(1 2)',
    'LINESTRING(1 2,)',
    'LINESTRING(1 2,3)',
    'POLYGON(0 0,4 0,4 4,0 0)',
    'POLYGON((0 0,4 0))',
    'POLYGON((0 0,0 0,0 0',
    'CIRCULARSTRING(0 0,1 1,2 0)',
    'SRID=;POINT(1 2)',
    'SRID=4326 POINT(1 2)',
    'SRID=4.5;POINT(1 2)',
    `${'GEOMETRYCOLLECTION('.repeat(40)}POINT(1 2)${')'.repeat(40)}`,
    '{}',
    '{"type":"Point"}',
    '{"type":"Point","coordinates":[1]}',
    '{"type":"Point","coordinates":["1","2"]}',
    '{"type":"Point","coordinates":[1,null]}',
    '{"type":"LineString","coordinates":[[1,2]]}',
    '{"type":"Polygon","coordinates":[[1,2]]}',
    '{"type":"Feature","geometry":null}',
    '{"type":"FeatureCollection","features":[]}',
    '{"type":"Point","coordinates":[1,2]',
    '{"type":"Point","crs":{"type":"name","properties":{"name":"Madrid 1870"}},"coordinates":[1,2]}',
    '<Point>',
    '<Point/>',
    '<Point><coordinates>1</coordinates></Point>',
    '<Point><coordinates>1,2 3,4</coordinates></Point>',
    '<Point><coordinates>a,b</coordinates></Point>',
    '<Point><coordinates>1,2</Point></coordinates>',
    '<Line><coordinates>1,2</coordinates></Line>',
    '<Point><coordinates>1,2</coordinates></Point><Point><coordinates>1,2</coordinates></Point>',
    point.slice(0, -1),
    point.slice(0, -2),
    `${point}00`,
    `${point.slice(0, -2)}zz`,
    `02${point.slice(2)}`,
    '01ff000000' + at(1, 2),
    '0101000010' + at(1, 2),
    '0102000000' + count(1) + at(1, 2),
    '0103000000' + count(1) + count(0),
    '0104000000' + count(1) + '0102000000' + count(2) + at(1, 2, 3, 4),
    '0102000000ffffffff' + at(1, 2),
    '0107000000ffffff7f',
    '0101000000' + '000000000000f07f' + double(1),
    `${'010700000001000000'.repeat(40)}${wkb.point}`,
    '0x',
    '\\x',
  ])('%j not at all', (text) => {
    expect(read(text)).toBe('unreadable');
  });

  it.each<[string, GeometryReading]>([
    ['POINT(180 90)', 'geometry'],
    ['POINT(-180 -90)', 'geometry'],
    ['POINT(0 90.001)', 'not-degrees'],
    ['POINT(359 0)', 'geometry'],
    ['POINT(360.5 0)', 'not-degrees'],
    ['POINT(440290 4474257)', 'not-degrees'],
    ['SRID=4326;POINT(440290 4474257)', 'not-degrees'],
    ['SRID=25830;POINT(440290 4474257)', 'geometry'],
  ])('%s, whose coordinates are %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });
});

describe('the geometry in the buffer', () => {
  it('keeps the reference system that the value names where it is to be reprojected', () => {
    for (const text of [
      'SRID=25830;POINT(1 2)',
      `0101000020e6640000${at(1, 2)}`,
      '{"type":"Point","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::25830"}},"coordinates":[1,2]}',
    ]) {
      expect(read(text)).toBe('geometry');
      expect(buffer.srid).toBe(25830);
      buffer.seal(false, true);
      expect(buffer.bytes.readUInt32LE(buffer.start + 5)).toBe(25830);
    }
  });

  it('makes a point a multi point where that is asked for', () => {
    expect(ewkb('POINT(1 2)', true)).toBe(head('04') + count(1) + '0101000000' + at(1, 2));
    expect(ewkb('MULTIPOINT(1 2,3 4)', true)).toBe(multiPoint);
  });

  it.each<[string, boolean]>([
    ['POLYGON((0 0,4 0,4 4))', true],
    ['POLYGON((0 0,4 0,4 4,0 0))', false],
    ['MULTIPOLYGON(((0 0,4 0,4 4,0 0)),((0 0,4 0,4 4)))', true],
  ])('tells of %s whether a ring was open: %j', (text, expected) => {
    expect(read(text)).toBe('geometry');
    expect(buffer.hasOpenRing).toBe(expected);
  });

  it.each([
    0.1,
    -73.98765432109876,
    1 / 3,
    5e-324,
    123456789.12345679,
    9007199254740993,
    1e22,
    1.7976931348623157e308,
  ])('holds %d exactly as it is written', (number) => {
    expect(read(`SRID=1;POINT(${number} 0)`)).toBe('geometry');
    buffer.seal(false);
    expect(Object.is(buffer.bytes.readDoubleLE(buffer.start + 9), Number(number))).toBe(true);
  });

  it('grows with what is written into it', () => {
    const coordinates = Array.from({ length: 50_000 }, (_, i) => `${i / 1000} 1`).join(',');
    expect(read(`LINESTRING(${coordinates})`)).toBe('geometry');
    buffer.seal(false);
    expect(buffer.end - buffer.start).toBe(18 + 4 + 50_000 * 16);
    expect(buffer.bytes.readDoubleLE(buffer.end - 16)).toBe(49.999);
  });
});
