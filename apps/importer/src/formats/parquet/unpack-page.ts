import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { unsupportedFile } from './damaged-file.js';
import { unpackHadoopLz4, unpackLz4 } from './unpack-lz4.js';
import { unpackSnappy } from './unpack-snappy.js';
import { unpackZstdFrames } from './unpack-zstd-frames.js';

/** Fills `out` with what `packed` stands for. */
type Unpack = (packed: Buffer, out: Buffer) => void;

/** By Parquet's number of the codec; the first one is none. */
const codecs: Record<number, Unpack> = {
  0: (packed, out) => fill(packed, out),
  1: unpackSnappy,
  2: (packed, out) => fill(gunzipSync(packed, { maxOutputLength: Math.max(out.length, 1) }), out),
  4: (packed, out) => fill(brotliDecompressSync(packed, { maxOutputLength: Math.max(out.length, 1) }), out),
  5: unpackOlderLz4,
  6: unpackZstdFrames,
  7: unpackLz4,
};

/**
 * Unpacks a page into `out`, which it has to fill.
 *
 * @throws an Error of any kind when it is damaged, SyncError `file-type-unsupported` for a codec that is not known
 */
export function unpackPage(codec: number, packed: Buffer, out: Buffer): void {
  const unpack = codecs[codec];
  if (unpack === undefined)
    throw unsupportedFile('that is compressed in another way than those that are read');
  // An empty page may have no bytes at all, whatever the codec.
  if (out.length > 0 || packed.length > 0) unpack(packed, out);
}

function fill(bytes: Buffer, out: Buffer): void {
  if (bytes.length !== out.length) throw new RangeError('it stands for another number of bytes');
  bytes.copy(out);
}

/** What is called LZ4 was written in two ways. */
function unpackOlderLz4(packed: Buffer, out: Buffer): void {
  try {
    unpackHadoopLz4(packed, out);
  } catch {
    unpackLz4(packed, out);
  }
}
