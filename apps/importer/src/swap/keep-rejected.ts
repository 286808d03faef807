import type { Client } from 'pg';
import type { RejectedRows } from '../load/rejected-rows.js';
import { rejectedRowsTable, rejectionsTable } from './ledger.js';

/** Of so many runs of one synchronization the rejected rows are kept. */
const runsKept = 10;

/**
 * Keeps the rejected rows of a run in the destination database, within the transaction that is open, if any is. They
 * take the place of what an earlier try of the same run kept, and of those of runs long ago.
 */
export async function keepRejected(
  client: Client,
  run: { runId: string; synchronizationId: string; runNumber: number },
  rejected: RejectedRows,
): Promise<void> {
  if (rejected.count === 0) return;
  const { kept } = rejected;
  // A single statement, so that it is all or nothing also outside of a transaction.
  await client.query(
    `WITH rejection AS (
       INSERT INTO ${rejectionsTable} AS r (run_id, synchronization_id, run_number, rejected_rows)
       VALUES ($1, $2, $3, $4)
       ON CONFLICT (run_id) DO UPDATE SET rejected_rows = excluded.rejected_rows, rejected_at = now()
     ), forgotten AS (
       DELETE FROM ${rejectionsTable} WHERE run_id IN (
         SELECT run_id FROM ${rejectionsTable}
          WHERE synchronization_id = $2 AND run_id <> $1
          ORDER BY run_number DESC OFFSET $5)
     )
     INSERT INTO ${rejectedRowsTable} AS r (run_id, number, line, reason, content)
     SELECT $1, kept.number, kept.line, kept.reason, kept.content
       FROM unnest($6::bigint[], $7::text[], $8::text[]) WITH ORDINALITY AS kept (line, reason, content, number)
     ON CONFLICT (run_id, number) DO UPDATE
        SET line = excluded.line, reason = excluded.reason, content = excluded.content`,
    [
      run.runId,
      run.synchronizationId,
      run.runNumber,
      rejected.count,
      runsKept - 1,
      kept.map(({ line }) => line),
      kept.map(({ reason }) => reason),
      kept.map(({ content }) => content),
    ],
  );
}
