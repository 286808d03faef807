import { readSync } from 'node:fs';

/**
 * Fills `into` with the bytes of a file from `position` on. At once, and not when it suits the operating system: the file
 * was written a moment ago, so that reading takes less time than what is done with what was read.
 *
 * @throws RangeError when the file ends before
 */
export function readBytes(file: number, position: number, into: Buffer): void {
  for (let read = 0; read < into.length;) {
    const count = readSync(file, into, read, into.length - read, position + read);
    if (count === 0) throw new RangeError('the file ends early');
    read += count;
  }
}
