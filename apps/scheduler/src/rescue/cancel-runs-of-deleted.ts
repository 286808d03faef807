import type { DataSource } from 'typeorm';

/**
 * Closes the open runs of deleted synchronizations as `cancelled`: their workers drop them silently, so nothing
 * would ever come back. Locks only those runs, and waits for none of them: what somebody else is recording is left to him,
 * or to the next round, so that two who lock many never wait for each other in a circle.
 * Returns how many were closed.
 */
export async function cancelRunsOfDeleted(database: DataSource): Promise<number> {
  const [, closed] = await database.query<[unknown, number]>(`
    UPDATE runs
       SET outcome = 'cancelled', finished_at = clock_timestamp()
     WHERE id IN (
       SELECT r.id
         FROM runs r
         JOIN synchronizations s ON s.id = r.synchronization_id
        WHERE s.deleted_at IS NOT NULL AND r.outcome IS NULL
          FOR NO KEY UPDATE OF r SKIP LOCKED)`);
  return closed;
}
