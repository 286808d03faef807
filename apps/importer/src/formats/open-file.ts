import type { OpenableFile } from './table-reader.js';

/** How much of a file is looked at to tell what it is and to form an opinion on its columns. */
const headBytes = 1024 * 1024;

/** Makes a file of what can be streamed again and again, by reading its beginning once. */
export async function openFile(open: OpenableFile['open']): Promise<OpenableFile> {
  const chunks: Buffer[] = [];
  let length = 0;
  let isWhole = true;
  // Leaving the loop early closes the stream. It goes on past the head, to see whether anything follows.
  for await (const chunk of await open()) {
    const wanted = chunk.subarray(0, headBytes - length);
    // A copy, since the chunk may be reused by whoever made it.
    chunks.push(Buffer.from(wanted));
    length += wanted.length;
    isWhole = wanted.length === chunk.length;
    if (!isWhole) break;
  }
  return { head: Buffer.concat(chunks), isWhole, open };
}
