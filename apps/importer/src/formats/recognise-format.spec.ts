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
    ['a JSON object', '{"type": "FeatureCollection"}', 'file-type-unsupported: it looks like JSON'],
    ['a JSON array', '[\n  {"a": 1}]', 'file-type-unsupported: it looks like JSON'],
    [
      'a Parquet file',
      Buffer.from('PAR1\x15\x04\x15', 'latin1'),
      'file-type-unsupported: it looks like a Parquet file',
    ],
    [
      'a GeoPackage',
      'SQLite format 3\0',
      'file-type-unsupported: it looks like an SQLite database or GeoPackage',
    ],
    [
      'a bzip2 file',
      Buffer.from('BZh91AY&SY', 'latin1'),
      'file-type-unsupported: it looks like a bzip2 file',
    ],
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
