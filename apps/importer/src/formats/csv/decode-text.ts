import type { OpenableFile } from '../table-reader.js';
import { type FoundEncoding, TextDecoder } from './text-decoder.js';
import { utf16Of } from './unicode-encoding.js';

/** A file of text that is UTF-8 now, whatever it was. */
export interface DecodedFile extends OpenableFile {
  /** What the file's encoding is, `null` for UTF-8. Certain only when the file has been read to its end. */
  encoding(): string | null;
}

/**
 * Makes UTF-8 of a file of text: by its byte order mark; as UTF-8 when all of it is; else in the encoding that its first
 * bytes beyond ASCII suggest.
 *
 * @throws SyncError `text-encoding-invalid`, also while the file that is returned is read
 */
export function decodeText(file: OpenableFile): DecodedFile {
  const found: FoundEncoding = { encoding: utf16Of(file.head) };
  return {
    head: new TextDecoder(found).decode(file.head, file.isWhole),
    isWhole: file.isWhole,
    open: async () => decodeChunks(await file.open(), new TextDecoder(found)),
    encoding: () => found.encoding,
  };
}

async function* decodeChunks(
  content: AsyncIterable<Buffer>,
  decoder: TextDecoder,
): AsyncGenerator<Buffer, void, void> {
  for await (const chunk of content) yield decoder.decode(chunk, false);
  const last = decoder.decode(Buffer.alloc(0), true);
  if (last.length > 0) yield last;
}
