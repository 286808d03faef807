import { describe, expect, it } from '@jest/globals';
import { findPointColumns } from './find-point-columns.js';

const longitudes = [
  'longitude',
  'lon',
  'lng',
  'longitudedecimal',
  'longitud',
  'long',
  'decimallongitude',
  'decimallong',
  'point_longitude',
];
const latitudes = [
  'latitude',
  'lat',
  'latitudedecimal',
  'latitud',
  'lati',
  'decimallatitude',
  'decimallat',
  'point_latitude',
];

describe('findPointColumns', () => {
  it.each(longitudes)('takes %s for the longitude', (name) => {
    expect(findPointColumns(['lat', name])).toEqual({ latitude: 0, longitude: 1 });
  });

  it.each(latitudes)('takes %s for the latitude', (name) => {
    expect(findPointColumns([name, 'lon'])).toEqual({ latitude: 0, longitude: 1 });
  });

  it.each<[string, (string | null)[], object | null]>([
    ['case and blanks aside', [' LAT ', null, 'Lng'], { latitude: 0, longitude: 2 }],
    ['the first of several', ['lat', 'latitude', 'lon', 'longitude'], { latitude: 0, longitude: 2 }],
    ['none when one is missing', ['lat', 'name'], null],
    ['none without headers', [null, null], null],
    ['none by x and y', ['x', 'y'], null],
    ['none by parts of names', ['latitude_dms', 'my_lon'], null],
  ])('finds %s', (_name, headers, expected) => {
    expect(findPointColumns(headers)).toEqual(expected);
  });
});
