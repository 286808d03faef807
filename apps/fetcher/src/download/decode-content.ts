import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { SyncError } from '@tidetable/contracts';

/** Nobody codes a file more often in earnest; a long list is an attempt to make us expand it. */
const codingsMax = 2;
const chunkSize = 64 * 1024;

/**
 * The decoders that undo a body's `Content-Encoding`, in the order to pipe it through: we ask for no coding, but
 * some servers compress regardless. Unlike axios's own they fail when the compressed data end early.
 *
 * @throws SyncError source-http-error when a coding is not known, or there are too many.
 */
export function decodersFor(contentEncoding: string | undefined): Transform[] {
  const codings = (contentEncoding ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > codingsMax) throw unknownCoding();
  return codings.reverse().map(createDecoder);
}

function createDecoder(coding: string): Transform {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip({ chunkSize });
    case 'deflate':
      return createInflate({ chunkSize });
    case 'br':
      return createBrotliDecompress({ chunkSize });
    default:
      throw unknownCoding();
  }
}

function unknownCoding(): SyncError {
  return new SyncError('source-http-error', 'the content encoding of the answer is not known');
}
