import { SyncError } from '@tidetable/contracts';
import type { OpenableFile } from '../table-reader.js';
import { countLines } from './count-lines.js';
import type { MalformedJson } from './scan-json.js';

/**
 * The failure of a file that is no JSON at a place, which gets the number of its line. Lines are counted only now, by
 * reading the file again: in a file that is JSON nobody asks for them.
 */
export async function locateMalformed(
  file: OpenableFile,
  { at, reason, row }: MalformedJson,
): Promise<SyncError> {
  let line = 1;
  let read = 0;
  for await (const chunk of await file.open()) {
    line += countLines(chunk, 0, Math.min(chunk.length, at - read));
    read += chunk.length;
    if (read >= at) break;
  }
  return new SyncError('json-malformed', `line ${line}${row === null ? '' : `, ${row}`}: ${reason}`);
}
