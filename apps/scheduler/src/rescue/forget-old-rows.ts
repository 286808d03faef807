import type { DataSource } from 'typeorm';

/** So many rows are removed by one statement, so that none holds its locks for long. */
const forgetBatch = 1_000;

/**
 * Removes ended runs, with their log, that ended more than `retentionDays` ago. The last run of each
 * synchronization is kept, and the first, which is its import record. Oldest first, found by the index
 * `runs_ended_finished_at`; nothing else ever locks an ended run. Returns whether more may be left.
 */
export async function forgetOldRuns(database: DataSource, retentionDays: number): Promise<boolean> {
  const [, removed] = await database.query<[unknown, number]>(
    `DELETE FROM runs
      WHERE id IN (
        SELECT r.id
          FROM runs r
          JOIN synchronizations s ON s.id = r.synchronization_id
         WHERE r.run_number > 1
           AND r.outcome IS NOT NULL
           AND r.finished_at < statement_timestamp() - make_interval(days => $1)
           AND r.run_number < s.runs_count
         ORDER BY r.finished_at
         LIMIT $2)`,
    [retentionDays, forgetBatch],
  );
  return removed === forgetBatch;
}

/**
 * Removes synchronizations that were deleted more than `retentionDays` ago and have no open run, with their runs
 * and logs; the table stays with its owner. Rows that somebody holds are left for the next round. Returns whether
 * more may be left.
 */
export async function forgetDeletedSynchronizations(
  database: DataSource,
  retentionDays: number,
): Promise<boolean> {
  const [, removed] = await database.query<[unknown, number]>(
    `DELETE FROM synchronizations
      WHERE id IN (
        SELECT s.id
          FROM synchronizations s
         WHERE s.deleted_at < statement_timestamp() - make_interval(days => $1)
           AND NOT EXISTS (SELECT FROM runs r WHERE r.synchronization_id = s.id AND r.outcome IS NULL)
         ORDER BY s.deleted_at
         LIMIT $2
           FOR UPDATE OF s SKIP LOCKED)`,
    [retentionDays, forgetBatch],
  );
  return removed === forgetBatch;
}

/** Removes what the audit trail tells of changes more than `retentionDays` ago. Returns whether more may be left. */
export async function forgetAuditEntries(database: DataSource, retentionDays: number): Promise<boolean> {
  const [, removed] = await database.query<[unknown, number]>(
    `DELETE FROM audit_entries
      WHERE id IN (
        SELECT id FROM audit_entries
         WHERE at < statement_timestamp() - make_interval(days => $1)
         ORDER BY at
         LIMIT $2)`,
    [retentionDays, forgetBatch],
  );
  return removed === forgetBatch;
}
