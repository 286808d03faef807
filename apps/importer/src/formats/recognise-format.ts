import { SyncError } from '@tidetable/contracts';

/** The formats that can be read. */
export type Format = 'csv';

const magics: readonly (readonly [string, readonly number[]])[] = [
  ['a ZIP archive or an Office document', [0x50, 0x4b, 0x03, 0x04]],
  ['a gzip file', [0x1f, 0x8b]],
  ['an Excel 97 workbook', [0xd0, 0xcf, 0x11, 0xe0]],
  ['a PDF document', [0x25, 0x50, 0x44, 0x46]],
  ['a PNG picture', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG picture', [0xff, 0xd8, 0xff]],
  ['an SQLite database or GeoPackage', [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65]],
  ['a bzip2 file', [0x42, 0x5a, 0x68]],
  ['a Zstandard file', [0x28, 0xb5, 0x2f, 0xfd]],
  ['a Parquet file', [0x50, 0x41, 0x52, 0x31]],
  ['a FlatGeobuf file', [0x66, 0x67, 0x62, 0x03]],
];

/**
 * Tells by the content what a file is; its name and declared type do not matter, since servers get them wrong.
 *
 * @throws SyncError `file-empty`, `file-is-web-page`, `text-encoding-invalid` or `file-type-unsupported`
 */
export function recogniseFormat(head: Buffer): Format {
  const magic = magics.find(([, bytes]) => bytes.every((byte, index) => head[index] === byte));
  if (magic !== undefined) throw new SyncError('file-type-unsupported', `it looks like ${magic[0]}`);

  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    throw new SyncError('text-encoding-invalid', 'it looks like UTF-16');
  }
  const start = head
    .subarray(0, 4096)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (start === '' && head.subarray(0, 4096).length === head.length) throw new SyncError('file-empty');
  if (/^(<!doctype html|<html|<head|<body|<script)/i.test(start)) throw new SyncError('file-is-web-page');
  // Comments and the XML prolog may stand before the first tag of a page.
  if (start.startsWith('<') && /<html[\s>]/i.test(start)) throw new SyncError('file-is-web-page');
  if (start.startsWith('<')) throw new SyncError('file-type-unsupported', 'it looks like XML');
  if (/^\{\s*"|^\[\s*[{["]/.test(start)) throw new SyncError('file-type-unsupported', 'it looks like JSON');
  if (head.includes(0)) throw new SyncError('file-type-unsupported', 'it is a binary file');
  return 'csv';
}
