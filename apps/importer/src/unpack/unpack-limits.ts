import { SyncError } from '@tidetable/contracts';

/** Small files may be packed as well as they can be. */
const packedWellBytes = 10_000_000;
/** Far better than text of any use is packed, a little less than deflate can do at most. */
const ratioMax = 1_000;

/** How often a file may be packed, one container in another. */
export const depthMax = 3;

/** How many files and folders an archive may hold. */
export const entriesMax = 10_000;

/** How many members may be one table together: the files of a geodatabase. */
export const companionsMax = 2_000;

/** How many bytes may come out of a container of `packedBytes`, where `bytesMax` are allowed in any case. */
export function unpackedBytesMax(packedBytes: number, bytesMax: number): number {
  return Math.min(bytesMax, Math.max(packedWellBytes, ratioMax * packedBytes));
}

/**
 * Passes on what is unpacked as long as it stays within its limit.
 *
 * @throws SyncError `archive-too-large`
 */
export async function* limitBytes(
  content: AsyncIterable<Buffer>,
  bytesMax: number,
): AsyncGenerator<Buffer, void, void> {
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new SyncError('archive-too-large', `at most ${bytesMax} bytes are unpacked`);
    yield chunk;
  }
}
