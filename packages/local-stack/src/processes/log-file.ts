import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const logBytesMax = 20 * 1024 * 1024;

/** Makes the folder of a log file, and sets a log that has grown large aside as `<name>.1`, replacing the last one. */
export function prepareLogFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > logBytesMax) renameSync(path, `${path}.1`);
}

/** How large a log file is now: 0 when there is none. Pass it to `logTail` to see only what was written since. */
export function logBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The last lines of a log file, of those after `fromByte`; empty when there are none. */
export function logTail(path: string, lines: number, fromByte = 0): string {
  if (logBytes(path) <= fromByte) return '';
  const file = openSync(path, 'r');
  try {
    const end = fstatSync(file).size;
    const start = Math.max(fromByte, end - 64 * 1024);
    const bytes = Buffer.alloc(end - start);
    readSync(file, bytes, 0, bytes.length, start);
    return bytes.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } finally {
    closeSync(file);
  }
}
