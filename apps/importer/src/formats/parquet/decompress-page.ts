import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { Compressors } from 'hyparquet';
import { compressors as portable } from 'hyparquet-compressors';

/** How the pages of a file are unpacked; what Node can do itself is faster. No more is made than the page says it has. */
export const decompressors: Compressors = {
  ...portable,
  GZIP: (packed, bytes) => gunzipSync(packed, { maxOutputLength: Math.max(bytes, 1) }),
  BROTLI: (packed, bytes) => brotliDecompressSync(packed, { maxOutputLength: Math.max(bytes, 1) }),
};
