import { SyncError } from '@tidetable/contracts';
import type { OpenableFile } from '../table-reader.js';
import { countLines } from './count-lines.js';

/**
 * The failure of a file that is no JSON `offset` bytes from its beginning, on the line that this is. Lines are counted
 * only now, by reading the file again: in a file that is JSON nobody asks for them.
 */
export async function locateMalformed(
  file: OpenableFile,
  offset: number,
  reason: string,
  row: string | null,
): Promise<SyncError> {
  let line = 1;
  let read = 0;
  for await (const chunk of await file.open()) {
    line += countLines(chunk, 0, Math.min(chunk.length, offset - read));
    read += chunk.length;
    if (read >= offset) break;
  }
  return new SyncError('json-malformed', `line ${line}${row === null ? '' : `, in ${row}`}: ${reason}`);
}
