import { SyncError } from '@tidetable/contracts';
import iconv from 'iconv-lite';
import { utf16Of } from './csv/unicode-encoding.js';
import type { GdalFormat } from './gdal/gdal-format.js';
import { isJson } from './recognise-json.js';
import { recogniseMapinfo } from './recognise-mapinfo.js';
import { recogniseXml } from './recognise-xml.js';
import { recogniseZip } from './recognise-zip.js';

/** The formats that can be read. */
export type Format = 'csv' | 'json' | 'xlsx' | 'parquet' | GdalFormat;

/** What files begin with, one character a byte; long enough that no header of a table begins like it. */
const magics: readonly (readonly [string, RegExp])[] = [
  ['a PDF document', /^%PDF-/],
  ['a PNG picture', /^\x89PNG/],
  ['a JPEG picture', /^\xff\xd8\xff/],
  ['a 7z archive', /^7z\xbc\xaf\x27\x1c/],
  ['a RAR archive', /^Rar!\x1a\x07/],
  ['an xz file', /^\xfd7zXZ\0/],
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
  const binary = recogniseBinary(head, beginning);
  if (binary !== null) return binary;
  const magic = magics.find(([, pattern]) => pattern.test(beginning));
  if (magic !== undefined) refuse(magic[0]);

  const utf16 = utf16Of(head);
  const first = head.subarray(0, shownBytes);
  const start = (utf16 === null ? first.toString('latin1') : iconv.decode(first, utf16))
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (start === '' && first.length === head.length) throw new SyncError('file-empty');
  if (/^(<!doctype html|<html|<head|<body|<script)/i.test(start)) throw new SyncError('file-is-web-page');
  // Comments and the XML prolog may stand before the first tag of a page.
  if (start.startsWith('<') && /<html[\s>]/i.test(start)) throw new SyncError('file-is-web-page');
  const structured = recogniseMapinfo(head, start) ?? recogniseXml(head, start);
  if (structured !== null) return structured;
  if (isJson(head, start)) return 'json';
  if (utf16 === null && head.includes(0)) throw new SyncError('file-type-unsupported', 'it is a binary file');
  return 'csv';
}

function recogniseBinary(head: Buffer, beginning: string): Format | null {
  if (/^fgb[\x01-\x03]fgb/.test(beginning)) return 'flatgeobuf';
  if (isShapefile(head, beginning)) return 'shapefile';
  if (/^\0\0[^][^]\x0a\x09OSMHeader/.test(head.toString('latin1', 0, 15))) return 'osm-pbf';
  // Word and others use the same container as Excel; GDAL tells when it is none of its.
  if (/^\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1/.test(beginning)) return 'xls';
  // With an encrypted footer it is another magic; a length comes behind it.
  if (/^PAR1\x15|^PARE.{0,3}\0/s.test(beginning)) return 'parquet';
  if (/^PK\x03\x04/.test(beginning)) return recogniseZip(head) ?? refuse('a ZIP archive');
  if (!beginning.startsWith('SQLite format 3\0')) return null;
  const isGeoPackage =
    /^GP(KG|1[01])$/.test(head.toString('latin1', 68, 72)) || head.includes('gpkg_contents');
  if (isGeoPackage) return 'geopackage';
  return refuse('an SQLite database');
}

/** Its number, the kind of its shapes, and nothing in between where nothing may be. */
function isShapefile(head: Buffer, beginning: string): boolean {
  return beginning.startsWith('\0\0\x27\x0a') && head.length >= 100 && head.readInt32LE(28) === 1_000;
}

function refuse(title: string): never {
  throw new SyncError('file-type-unsupported', `it looks like ${title}`);
}
