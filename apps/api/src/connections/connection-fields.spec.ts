import { describe, expect, it } from '@jest/globals';
import { parseFields } from '../http/parse-fields.js';
import { cartoFilesFields, filesFields } from './connection-fields.js';

describe('the fields of a listing of files', () => {
  it('are all files, from the first, when nothing is said', () => {
    for (const fields of [{}, { filter: '', q: ' ', page: '' }, { filter: ' , ' }]) {
      expect(parseFields(filesFields, fields)).toEqual({ filter: ['all'], q: null, page: null });
    }
  });

  it.each([
    ['csv', ['csv']],
    ['csv,xls', ['csv', 'xls']],
    [' CSV , zip,csv', ['csv', 'zip']],
    [
      ['kml', 'gpx,json'],
      ['kml', 'gpx', 'json'],
    ],
  ])('take the filter %j as %j', (filter, expected) => {
    expect(parseFields(filesFields, { filter }).filter).toEqual(expected);
    expect(parseFields(cartoFilesFields, { 'filter[]': filter })).toEqual({ filter: expected });
  });

  it.each(['exe', 'csv,exe', 7, {}, [7]])('refuse the filter %j', (filter) => {
    expect(() => parseFields(filesFields, { filter })).toThrow(
      /^Invalid filter\S*: must be of csv, xls, gpx, kml, zip, json, all, several by commas\./,
    );
  });

  it.each([
    ['q', 'x'.repeat(201)],
    ['page', 'x'.repeat(4_097)],
    ['q', ['a', 'b']],
  ])('refuse a %s that is too long or no text', (field, value) => {
    expect(() => parseFields(filesFields, { [field]: value })).toThrow(
      new RegExp(`^Invalid ${field}: must be `),
    );
  });
});
