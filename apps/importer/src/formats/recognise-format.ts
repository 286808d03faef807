import { SyncError } from '@tidetable/contracts';
import iconv from 'iconv-lite';
import { utf16Of } from './csv/unicode-encoding.js';

/** The formats that can be read. */
export type Format = 'csv';

/** What files begin with, one character a byte; long enough that no header of a table begins like it. */
const magics: readonly (readonly [string, RegExp])[] = [
  ['an Excel 97 workbook', /^\xd0\xcf\x11\xe0/],
  ['a PDF document', /^%PDF-/],
  ['a PNG picture', /^\x89PNG/],
  ['a JPEG picture', /^\xff\xd8\xff/],
  ['an SQLite database or GeoPackage', /^SQLite format 3\0/],
  ['a bzip2 file', /^BZh[1-9]1AY&SY/],
  ['a Zstandard file', /^\x28\xb5\x2f\xfd/],
  ['a Parquet file', /^PAR1\x15/],
  ['a FlatGeobuf file', /^fgb\x03fgb/],
];

/** How much of the beginning shows what a text is. */
const shownBytes = 4096;

/**
 * Tells by the content what an unpacked file is; its name and declared type do not matter, since servers get them wrong.
 *
 * @throws SyncError `file-empty`, `file-is-web-page` or `file-type-unsupported`
 */
export function recogniseFormat(head: Buffer): Format {
  const beginning = head.toString('latin1', 0, 16);
  const magic = magics.find(([, pattern]) => pattern.test(beginning));
  if (magic !== undefined) throw new SyncError('file-type-unsupported', `it looks like ${magic[0]}`);

  const utf16 = utf16Of(head);
  const first = head.subarray(0, shownBytes);
  const start = (utf16 === null ? first.toString('latin1') : iconv.decode(first, utf16))
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (start === '' && first.length === head.length) throw new SyncError('file-empty');
  if (/^(<!doctype html|<html|<head|<body|<script)/i.test(start)) throw new SyncError('file-is-web-page');
  // Comments and the XML prolog may stand before the first tag of a page.
  if (start.startsWith('<') && /<html[\s>]/i.test(start)) throw new SyncError('file-is-web-page');
  if (start.startsWith('<')) throw new SyncError('file-type-unsupported', 'it looks like XML');
  if (/^\{\s*"|^\[\s*[{["]/.test(start)) throw new SyncError('file-type-unsupported', 'it looks like JSON');
  if (utf16 === null && head.includes(0)) throw new SyncError('file-type-unsupported', 'it is a binary file');
  return 'csv';
}
