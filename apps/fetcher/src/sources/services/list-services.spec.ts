import { describe, expect, it } from '@jest/globals';
import { asciiJson } from './ascii-json.js';
import { type FileFilter, isOfKind } from './file-kinds.js';
import { boxQuery } from './list-box.js';
import { driveQuery, isDriveFileOfKind } from './list-drive.js';

describe('the kind of a file', () => {
  it.each<[string, FileFilter[], boolean | null]>([
    ['ports.csv', ['csv'], true],
    ['PORTS.CSV', ['csv'], true],
    ['ports.xlsx', ['csv'], false],
    ['ports.xlsx', ['csv', 'xls'], true],
    ['ports.gpkg', ['all'], true],
    ['ports.gpkg', ['zip'], false],
    ['ports', ['all'], null],
    ['ports.pdf', ['all'], null],
    ['ports.csv.pdf', ['csv'], null],
  ])('%s, of %j: %s', (name, filters, isWanted) => {
    expect(isOfKind(name, filters)).toBe(isWanted);
  });

  it.each<[string, string, FileFilter[], boolean]>([
    ['ports.csv', 'application/vnd.ms-excel', ['csv'], true],
    ['ports.csv', 'application/vnd.ms-excel', ['xls'], false],
    ['ports', 'text/csv', ['csv'], true],
    ['ports', 'text/plain', ['csv'], false],
    ['Ports', 'application/vnd.google-apps.spreadsheet', ['xls'], true],
    ['ports.csv', 'application/vnd.google-apps.spreadsheet', ['xls'], true],
    ['ports.csv', 'application/vnd.google-apps.spreadsheet', ['csv'], false],
    ['ports.pdf', 'application/pdf', ['all'], false],
  ])('in Drive: %s as %s, of %j: %s', (name, mimeType, filters, isWanted) => {
    expect(isDriveFileOfKind({ name, mimeType }, filters)).toBe(isWanted);
  });
});

describe('a search', () => {
  it("in Drive quotes the customer's words", () => {
    expect(driveQuery(['kml'], String.raw`a'b\c`)).toContain(String.raw`name contains 'a\'b\\c'`);
    expect(driveQuery(['kml'], null)).not.toContain('name contains');
  });

  it.each([
    ['spring tide', 'spring AND tide'],
    ['a OR b', 'a AND b'],
    ['"quoted"', 'quoted'],
    ['NOT', null],
    ['.', null],
    [null, null],
  ])('in Box for %j asks for %j', (words, query) => {
    expect(boxQuery(words)).toBe(query);
  });
});

describe('JSON for a header', () => {
  it.each([
    ['/Données/é€😀 file.csv', String.raw`"/Donn\u00e9es/\u00e9\u20ac\ud83d\ude00 file.csv"`],
    ['\u007f', String.raw`"\u007f"`],
    ['plain "quoted"\n', String.raw`"plain \"quoted\"\n"`],
  ])('of %j is ASCII', (text, json) => {
    expect(asciiJson(text)).toBe(json);
    expect(JSON.parse(asciiJson(text))).toBe(text);
  });
});
