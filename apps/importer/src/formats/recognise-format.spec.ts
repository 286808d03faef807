import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import { recogniseFormat } from './recognise-format.js';

function recognise(head: Buffer | string): string {
  try {
    return recogniseFormat(Buffer.from(head));
  } catch (error) {
    if (error instanceof SyncError) return error.message;
    throw error;
  }
}

/** The beginning of an archive: its first member's name, then what comes after. */
function zip(name: string, rest: string): Buffer {
  const header = Buffer.alloc(30);
  header.write('PK\x03\x04', 'latin1');
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, Buffer.from(name + rest)]);
}

describe('recogniseFormat', () => {
  it.each<[string, Buffer | string, string]>([
    ['plain text', 'a,b\n1,2\n', 'csv'],
    ['text with a byte order mark', '\ufeffa,b\n1,2\n', 'csv'],
    ['blank lines before text', '\n\n a,b\n1,2\n', 'csv'],
    ['a header that begins like the magic of Parquet', 'PAR1,PAR2\n1,2\n', 'csv'],
    ['a header that begins like the magic of SQLite', 'SQLite,PostgreSQL\n1,2\n', 'csv'],
    ['a header that begins like the magic of bzip2', 'BZh,BZg\n1,2\n', 'csv'],
    ['brackets that are no JSON', '[a],[b]\n1,2\n', 'csv'],
    ['nothing', '', 'file-empty'],
    ['only a byte order mark', '\ufeff', 'file-empty'],
    ['only blanks', ' \r\n\t\n', 'file-empty'],
    ['a web page', '<!DOCTYPE html><html></html>', 'file-is-web-page'],
    ['a web page without doctype', '\n  <HTML lang="en">', 'file-is-web-page'],
    ['a web page after a comment', '<!-- saved -->\n<html>', 'file-is-web-page'],
    ['a web page after an XML prolog', '<?xml version="1.0"?><html xmlns="x">', 'file-is-web-page'],
    ['a web page with a byte order mark', '\ufeff<html>', 'file-is-web-page'],
    ['XML', '<?xml version="1.0"?><rss/>', 'file-type-unsupported: it looks like XML'],
    ['KML', '<?xml version="1.0"?>\n<!-- x > y -->\n<kml xmlns="http://www.opengis.net/kml/2.2">', 'kml'],
    ['KML with a prefix', '<k:kml xmlns:k="x">', 'kml'],
    ['GPX', '\ufeff<?xml version="1.0"?><gpx version="1.1">', 'gpx'],
    ['GML', '<ogr:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2">', 'gml'],
    ['GeoJSON', '{"type": "FeatureCollection", "features": []}', 'json'],
    ['features after record separators', '\x1e{"type":"Feature","geometry":null}\n', 'json'],
    ['a JSON object', '{ "a": 1}', 'json'],
    ['an empty JSON object', '{}', 'json'],
    ['a JSON array', '[\n  {"a": 1}]', 'json'],
    ['a JSON array of arrays', '[ ["a"]]', 'json'],
    ['an empty JSON array', ' [ ]\n', 'json'],
    ['JSON with a byte order mark', '\ufeff{"a":1}', 'json'],
    ['JSON in UTF-16', Buffer.from('\ufeff[{"a":1}]', 'utf16le'), 'json'],
    ['a header that begins like an empty array', '[],b\n1,2\n', 'csv'],
    ['a FlatGeobuf file', Buffer.from('fgb\x03fgb\0', 'latin1'), 'flatgeobuf'],
    ['a workbook', zip('[Content_Types].xml', 'xl/workbook.xml'), 'xlsx'],
    ['an OpenDocument spreadsheet', zip('mimetype', 'application/vnd.oasis.opendocument.spreadsheet'), 'ods'],
    [
      'an OpenDocument text',
      zip('mimetype', 'application/vnd.oasis.opendocument.text'),
      'file-type-unsupported: it looks like an OpenDocument file that is no spreadsheet',
    ],
    [
      'a Word document',
      zip('[Content_Types].xml', 'word/document.xml'),
      'file-type-unsupported: it looks like an Office document that is no workbook',
    ],
    ['a ZIP archive', zip('a.csv', ''), 'file-type-unsupported: it looks like a ZIP archive'],
    [
      'a ZIP archive that ends at once',
      Buffer.from('PK\x03\x04'),
      'file-type-unsupported: it looks like a ZIP archive',
    ],
    ['an Excel 97 workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'xls'],
    ['a Parquet file', Buffer.from('PAR1\x15\x04\x15', 'latin1'), 'parquet'],
    ['a Parquet file that is encrypted', Buffer.from('PARE\x20\0\0\0', 'latin1'), 'parquet'],
    ['a GeoPackage', `SQLite format 3\0${'\0'.repeat(52)}GPKG`, 'geopackage'],
    ['a GeoPackage without its number', 'SQLite format 3\0 CREATE TABLE gpkg_contents', 'geopackage'],
    ['another database', 'SQLite format 3\0', 'file-type-unsupported: it looks like an SQLite database'],
    ['a PDF', '%PDF-1.7', 'file-type-unsupported: it looks like a PDF document'],
    ['UTF-16, little endian', Buffer.from('\ufeffa,b\n', 'utf16le'), 'csv'],
    ['UTF-16, big endian', Buffer.from('\ufeffa,b\n', 'utf16le').swap16(), 'csv'],
    ['UTF-16 without a byte order mark', Buffer.from('a,b\n', 'utf16le'), 'csv'],
    ['a web page in UTF-16', Buffer.from('\ufeff<html>', 'utf16le'), 'file-is-web-page'],
    ['only a byte order mark of UTF-16', Buffer.from('\ufeff', 'utf16le'), 'file-empty'],
    ['a NUL byte', 'a,b\n1,\0\n', 'file-type-unsupported: it is a binary file'],
  ])('recognises %s', (_name, head, expected) => {
    expect(recognise(head)).toBe(expected);
  });

  it('takes a long run of blanks before text for what it is', () => {
    expect(recognise(`${'\n'.repeat(5000)}a,b\n`)).toBe('csv');
  });
});
