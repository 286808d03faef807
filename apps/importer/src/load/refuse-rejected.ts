import { rejectReasons, SyncError } from '@tidetable/contracts';
import type { RejectedRows } from './rejected-rows.js';

/** How many rows of a file may be missing from its table. */
export interface RejectionLimits {
  /** So many may always be rejected, as long as more rows are taken than rejected. */
  readonly rowsAllowed: number;
  /** Of a large file this share of all rows may be rejected, from 0 to 1. */
  readonly ratioMax: number;
}

/** So many of the rejected rows are named in the failure. */
const namedMax = 3;

/**
 * Decides whether a table may be made without the rejected rows of its file.
 *
 * @throws SyncError `rows-rejected` with how many and the first of them
 */
export function refuseRejected(rows: number, rejected: RejectedRows, limits: RejectionLimits): void {
  const { count, kept } = rejected;
  if (count === 0) return;
  const all = rows + count;
  const isBearable = count <= limits.rowsAllowed || count <= limits.ratioMax * all;
  if (isBearable && count < rows) return;
  const named = kept.slice(0, namedMax).map(({ line, reason }) => {
    const sentence = rejectReasons[reason];
    return `line ${line}: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1, -1)}`;
  });
  throw new SyncError('rows-rejected', `${count} of ${all} rows; ${named.join('; ')}`);
}
