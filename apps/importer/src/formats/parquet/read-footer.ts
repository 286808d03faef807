import type { FileHandle } from 'node:fs/promises';
import { SyncError } from '@tidetable/contracts';
import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { damagedFile, decoding } from './damaged-file.js';

/** A footer describes every column of every group of rows; one of this size describes millions. */
const footerBytesMax = 64 * 1024 * 1024;
/** The length of the footer, and the magic. */
const endBytes = 8;

/**
 * Reads what stands at the end of a Parquet file.
 *
 * @throws SyncError `file-unreadable`, `file-too-large` or `archive-encrypted`
 */
export async function readFooter(file: FileHandle, fileBytes: number): Promise<FileMetaData> {
  if (fileBytes < endBytes + 4) throw damagedFile(undefined);
  const end = await readBytes(file, fileBytes - endBytes, endBytes);
  const magic = end.toString('latin1', 4);
  if (magic === 'PARE') throw new SyncError('archive-encrypted', 'it is a Parquet file');
  if (magic !== 'PAR1') throw damagedFile(undefined);
  const footerBytes = end.readUInt32LE(0);
  if (footerBytes > fileBytes - endBytes - 4) throw damagedFile(undefined);
  if (footerBytes > footerBytesMax) throw new SyncError('file-too-large', 'its footer is beyond 64 MiB');
  const footer = await readBytes(file, fileBytes - endBytes - footerBytes, footerBytes + endBytes);
  const metadata = decoding(() => parquetMetadata(footer, { geoparquet: false }));
  const isEncrypted = metadata.row_groups.some(({ columns }) =>
    columns.some((column) => column.crypto_metadata !== undefined),
  );
  if (isEncrypted) throw new SyncError('archive-encrypted', 'it is a Parquet file');
  return metadata;
}

/**
 * Reads a part of a file, in memory of its own.
 *
 * @throws SyncError `file-unreadable` when it does not reach as far
 */
export async function readBytes(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const part = Buffer.from(new ArrayBuffer(bytes));
  for (let read = 0; read < bytes;) {
    const { bytesRead } = await file.read(part, read, bytes - read, position + read);
    if (bytesRead === 0) throw damagedFile(undefined);
    read += bytesRead;
  }
  return part;
}
