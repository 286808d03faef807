import type { OpenableFile } from '../table-reader.js';

/** An item may be so long; what does not end within it is not waited for. */
export const itemBytesMax = 32 * 1024 * 1024;

/**
 * Feeds a file to a scan, in pieces that begin where the scan left off: `scan` returns how far it came, and gets the rest
 * again with more behind it. `base` is where in the file the bytes begin. Stops when `scan` returns `null`.
 */
export async function readChunks(
  file: OpenableFile,
  offset: number,
  scan: (bytes: Buffer, atEnd: boolean, base: number) => number | null,
  pause: () => Promise<void>,
): Promise<void> {
  /** What was not scanned yet. */
  let rest: Buffer[] = [];
  let restBytes = 0;
  /** Scanning waits for so much, so that a long item is not scanned again with every chunk of it. */
  let enoughBytes = 0;
  let skip = offset;
  let base = offset;

  const take = (chunk: Buffer, atEnd: boolean): boolean => {
    const fresh = chunk.subarray(Math.min(skip, chunk.length));
    skip -= chunk.length - fresh.length;
    rest.push(fresh);
    restBytes += fresh.length;
    if (restBytes < enoughBytes && !atEnd) return true;
    const bytes = rest.length === 1 ? fresh : Buffer.concat(rest);
    const scanned = scan(bytes, atEnd, base);
    if (scanned === null) return false;
    base += scanned;
    restBytes = bytes.length - scanned;
    rest = restBytes === 0 ? [] : [bytes.subarray(scanned)];
    enoughBytes = scanned === 0 ? Math.min(2 * restBytes, itemBytesMax + 1) : 0;
    return true;
  };

  for await (const chunk of await file.open()) {
    if (!take(chunk, false)) return;
    await pause();
  }
  if (take(Buffer.alloc(0), true)) await pause();
}
