import { describe, expect, it } from '@jest/globals';
import { mediaTypeOf, nameFile } from './name-file.js';

const url = new URL('https://a.example/data/from-url.csv?token=secret');
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

describe('the name of a file', () => {
  it.each([
    ['attachment; filename="ports.csv"', 'ports.csv'],
    ['attachment; filename=ports.csv', 'ports.csv'],
    ['inline; FileName="ports.csv"; size=3', 'ports.csv'],
    ['attachment; filename="plain.csv"; filename*=UTF-8\'\'na%C3%AFve%20ports.csv', 'naïve ports.csv'],
    ['attachment; filename*=UTF-8\'\'first.csv; filename="second.csv"', 'first.csv'],
    ["attachment; filename*=ISO-8859-1'en'%A3%20rates.csv", '£ rates.csv'],
    ['attachment; filename="a \\"quoted\\" name.csv"', 'a "quoted" name.csv'],
    [`attachment; filename="${latin1('häfen.csv')}"`, 'häfen.csv'],
    ['attachment; filename="h\u00e4fen.csv"', 'häfen.csv'],
    ['attachment; filename="semi;colon.csv"', 'semi;colon.csv'],
  ])('is what %s declares', (header, expected) => {
    expect(nameFile(header, url)).toBe(expected);
  });

  it.each([
    ['attachment; filename="../../etc/passwd"', 'passwd'],
    ["attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", 'passwd'],
    ['attachment; filename="C:\\\\temp\\\\ports.csv"', 'ports.csv'],
    ["attachment; filename*=UTF-8''a%00b%0Ac%1B.csv", 'abc.csv'],
    ["attachment; filename*=UTF-8''gnp%E2%80%AEvsc.csv", 'gnpvsc.csv'],
    ['attachment; filename=".htaccess"', 'htaccess'],
    ['attachment; filename=" . .. ports.csv "', 'ports.csv'],
  ])('never leads anywhere: %s', (header, expected) => {
    expect(nameFile(header, url)).toBe(expected);
  });

  it.each([
    undefined,
    '',
    'attachment',
    'attachment; filename=""',
    'attachment; filename=".."',
    'attachment; filename="/"',
    ';;;',
    "attachment; filename*=UTF-8''%E4",
  ])('comes from the address when the header is %p', (header) => {
    expect(nameFile(header, url)).toBe('from-url.csv');
  });

  it.each([
    ['https://a.example/h%C3%A4fen%20nord.csv', 'häfen nord.csv'],
    ['https://a.example/h%E4fen.csv', 'h%E4fen.csv'],
    ['https://a.example/a%2Fb.csv', 'b.csv'],
    ['https://a.example/100%', '100%'],
    ['https://a.example/', ''],
    ['https://a.example', ''],
    ['https://a.example/dir/', ''],
    ['https://a.example/%2E%2E', ''],
  ])('in %s is %p', (address, expected) => {
    expect(nameFile(undefined, new URL(address))).toBe(expected);
  });

  it('is cut to 255 characters and keeps its extension', () => {
    const name = nameFile(`attachment; filename="${'x'.repeat(400)}.geojson"`, url);
    expect(name).toHaveLength(255);
    expect(name).toMatch(/^x+\.geojson$/);
  });

  it('is never cut within a character', () => {
    const name = nameFile(`attachment; filename*=UTF-8''${encodeURIComponent('🗺'.repeat(200))}`, url);
    expect(name).toBe('🗺'.repeat(127));
  });
});

describe('the media type', () => {
  it.each([
    ['text/csv', 'text/csv'],
    ['Text/CSV; charset=UTF-8; header=present', 'text/csv'],
    [' application/json ;x', 'application/json'],
    ['', null],
    [';', null],
    [undefined, null],
  ])('of %p is %p', (header, expected) => {
    expect(mediaTypeOf(header)).toBe(expected);
  });
});
