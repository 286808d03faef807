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
  'GPS Longitude',
  'geo-lng',
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
  'Decimal Latitude',
  'stop_lat',
];
const named = { isNamedForDegrees: true };

describe('findPointColumns', () => {
  it.each(longitudes)('takes %s for the longitude', (name) => {
    expect(findPointColumns(['lat', name])).toEqual({ latitude: 0, longitude: 1, ...named });
  });

  it.each(latitudes)('takes %s for the latitude', (name) => {
    expect(findPointColumns([name, 'lon'])).toEqual({ latitude: 0, longitude: 1, ...named });
  });

  it.each<[string, (string | null)[], object | null]>([
    ['case and blanks aside', [' LAT ', null, 'Lng'], { latitude: 0, longitude: 2, ...named }],
    ['either of them first', ['lon', 'lat'], { latitude: 1, longitude: 0, ...named }],
    ['those that belong together', ['gps_lat', 'lat', 'lon'], { latitude: 1, longitude: 2, ...named }],
    [
      'the surer of two pairs',
      ['lat', 'lon', 'latitude', 'longitude'],
      { latitude: 2, longitude: 3, ...named },
    ],
    ['x and y where nothing else is', ['x', 'y'], { latitude: 1, longitude: 0, isNamedForDegrees: false }],
    ['x and y only then', ['x', 'y', 'lat', 'lon'], { latitude: 2, longitude: 3, ...named }],
    ['none when one is missing', ['lat', 'name'], null],
    ['none without headers', [null, null], null],
    ['none by parts of names', ['latitude_dms', 'my_lon'], null],
    ['none where each is from another world', ['x', 'lat'], null],
  ])('finds %s', (_name, headers, expected) => {
    expect(findPointColumns(headers)).toEqual(expected);
  });
});
