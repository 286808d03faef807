import { SyncError } from '@tidetable/contracts';
import { damagedFile, decoding } from './damaged-file.js';
import { type FileDescription, parseFooter } from './parse-footer.js';
import { readBytes } from './read-bytes.js';

/** A footer describes every column of every group of rows; it stays in memory. */
const footerBytesMax = 48 * 1024 * 1024;
/** The length of the footer, and the magic. */
const endBytes = 8;
const magicBytes = 4;

/** What a file says of itself, and where that begins. */
export interface Footer {
  readonly description: FileDescription;
  readonly dataEnd: number;
}

/**
 * Reads what stands at the end of a Parquet file.
 *
 * @throws SyncError `file-unreadable`, `file-too-large`, `archive-encrypted`, `columns-too-many` or `file-type-unsupported`
 */
export function readFooter(file: number, fileBytes: number): Footer {
  if (fileBytes < endBytes + magicBytes) throw damagedFile(undefined);
  const end = readPart(file, fileBytes - endBytes, endBytes);
  const magic = end.toString('latin1', magicBytes);
  if (magic === 'PARE') throw new SyncError('archive-encrypted', 'it is a Parquet file');
  if (magic !== 'PAR1') throw damagedFile(undefined, 'whose end is missing');
  const footerBytes = end.readUInt32LE(0);
  const dataEnd = fileBytes - endBytes - footerBytes;
  if (dataEnd < magicBytes) throw damagedFile(undefined);
  if (footerBytes > footerBytesMax) {
    throw new SyncError('file-too-large', 'it is a Parquet file with a footer beyond 48 MiB');
  }
  const footer = readPart(file, dataEnd, footerBytes);
  return { description: decoding(() => parseFooter(footer, dataEnd)), dataEnd };
}

function readPart(file: number, position: number, bytes: number): Buffer {
  const part = Buffer.allocUnsafeSlow(bytes);
  decoding(() => readBytes(file, position, part));
  return part;
}
