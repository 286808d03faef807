import { type ListRejectedRowsV1Reply, type RejectedRow, rejectReasons } from '@tidetable/contracts';
import type { Pool } from 'pg';
import { rejectedRowsTable, rejectionsTable } from '../swap/ledger.js';

/** A message of NATS holds a megabyte by default; an answer stays well below, in bytes. */
const answerBytesMax = 512 * 1024;

/** One page of the rejected rows of a run; nothing when the run rejected none, or they are not kept any more. */
export async function listRejectedRows(
  database: Pool,
  { runId, after, limit }: { runId: string; after: number; limit: number },
): Promise<ListRejectedRowsV1Reply> {
  const { rows: counts } = await database.query<{ rejected: string; kept: number }>(
    `SELECT rejected_rows AS rejected,
            (SELECT count(*)::integer FROM ${rejectedRowsTable} WHERE run_id = $1) AS kept
       FROM ${rejectionsTable} WHERE run_id = $1`,
    [runId],
  );
  const { rows } = await database.query<{ number: number; line: string; reason: string; content: string }>(
    `SELECT number, line, reason, content FROM ${rejectedRowsTable}
      WHERE run_id = $1 AND number > $2 ORDER BY number LIMIT $3`,
    [runId, after, limit],
  );
  const listed = fitting(
    rows.map(({ line, ...row }) => ({ ...row, line: Number(line), sentence: sentenceOf(row.reason) })),
  );
  const last = listed.at(-1)?.number ?? after;
  const kept = counts[0]?.kept ?? 0;
  return {
    rejectedRows: Number(counts[0]?.rejected ?? 0),
    keptRows: kept,
    rows: listed,
    next: last < kept ? last : null,
  };
}

/** A reason of another release of the importer has no sentence here. */
function sentenceOf(reason: string): string {
  return (
    Object.entries(rejectReasons).find(([known]) => known === reason)?.[1] ?? 'The row could not be read.'
  );
}

/** As many of the rows, from the first on, as fit into an answer; one at least. */
function fitting(rows: RejectedRow[]): RejectedRow[] {
  let bytes = 0;
  const end = rows.findIndex((row, index) => {
    bytes += Buffer.byteLength(JSON.stringify(row));
    return bytes > answerBytesMax && index > 0;
  });
  return end === -1 ? rows : rows.slice(0, end);
}
