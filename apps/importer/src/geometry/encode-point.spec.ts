import { describe, expect, it } from '@jest/globals';
import { ewkbPointBytes, isPlace, writeDegreesPoint, writeWebmercatorPoint } from './encode-point.js';

type Write = (view: DataView, at: number, longitude: number, latitude: number) => void;

function written(write: Write, longitude: number, latitude: number): { hex: string; x: number; y: number } {
  const bytes = Buffer.alloc(ewkbPointBytes + 4, 0xaa);
  write(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 2, longitude, latitude);
  expect(bytes.readUInt16BE(0)).toBe(0xaaaa);
  expect(bytes.readUInt16BE(ewkbPointBytes + 2)).toBe(0xaaaa);
  const point = bytes.subarray(2, 2 + ewkbPointBytes);
  return { hex: point.toString('hex'), x: point.readDoubleLE(9), y: point.readDoubleLE(17) };
}

describe('writeDegreesPoint', () => {
  it('writes what PostGIS writes', () => {
    // SELECT encode(ST_AsEWKB(ST_SetSRID(ST_MakePoint(-3.5, 40.25), 4326)), 'hex')
    expect(written(writeDegreesPoint, -3.5, 40.25).hex).toBe(
      '0101000020e61000000000000000000cc00000000000204440',
    );
  });
});

describe('writeWebmercatorPoint', () => {
  // Longitude, latitude, x, y: of EPSG:3857's published example and of the square that maps cover.
  it.each([
    [-100.33333333333333, 24.381786944444444, -11_169_055.58, 2_800_000.0],
    [0, 0, 0, 0],
    [180, 85.05112877980659, 20_037_508.342789244, 20_037_508.342789244],
    [-180, -85.05112877980659, -20_037_508.342789244, -20_037_508.342789244],
  ])('projects %d, %d', (longitude, latitude, x, y) => {
    const point = written(writeWebmercatorPoint, longitude, latitude);
    expect(point.hex.slice(0, 18)).toBe('0101000020110f0000');
    expect(Math.abs(point.x - x)).toBeLessThan(0.01);
    expect(Math.abs(point.y - y)).toBeLessThan(0.01);
  });
});

describe('isPlace', () => {
  it.each<[number, number, boolean]>([
    [0, 0, true],
    [180, 90, true],
    [-180, -90, true],
    [180.000001, 0, false],
    [0, -90.000001, false],
    [NaN, 0, false],
  ])('tells whether %d, %d is on earth: %j', (longitude, latitude, expected) => {
    expect(isPlace(longitude, latitude)).toBe(expected);
  });
});
