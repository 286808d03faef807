import { createGunzip } from 'node:zlib';
import { pipeThrough } from './pipe-through.js';

/** Large pieces, since each is scanned for rows on its own. */
const chunkBytes = 256 * 1024;

/**
 * Unpacks a gzip file of one member or several, checking their sums.
 *
 * @throws SyncError `archive-broken`
 */
export function unpackGzip(content: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return pipeThrough<Buffer>(content, createGunzip({ chunkSize: chunkBytes }));
}
