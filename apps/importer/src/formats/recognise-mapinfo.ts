import { SyncError } from '@tidetable/contracts';
import type { GdalFormat } from './gdal/gdal-format.js';

/** No description of a table is longer, and what cannot be seen as a whole cannot be trusted. */
const tableBytesMax = 512 * 1024;

/**
 * Tells a MapInfo table, or interchange file, by its first lines; `null` for everything else.
 *
 * A table may be a view of others, or be put together of others, which it names by paths: those lead out of the file.
 *
 * @throws SyncError `file-type-unsupported`
 */
export function recogniseMapinfo(head: Buffer, start: string): GdalFormat | null {
  if (/^version\s+\d+\s*[\r\n]/i.test(start)) {
    return /^\s*columns\s+\d+\s*$/im.test(head.toString('latin1')) ? 'mapinfo-interchange' : null;
  }
  if (!/^!table\s*[\r\n]\s*!version\s/i.test(start)) return null;
  const text = head.toString('latin1');
  const isOwn = /^\s*type\s+(native|linked|dbf)\b/im.test(text);
  const isOfOthers = /isseamless|create\s+view|open\s+table/i.test(text);
  if (isOwn && !isOfOthers && head.length <= tableBytesMax) return 'mapinfo-table';
  throw new SyncError('file-type-unsupported', 'it looks like a MapInfo table that is made of other files');
}

/** Whether an interchange file says what its coordinates are; where it does not, they are degrees. */
export function namesCoordSys(head: Buffer): boolean {
  return /^\s*coordsys\s/im.test(head.toString('latin1'));
}
