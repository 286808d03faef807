import type { DataSource } from 'typeorm';

/**
 * Closes the open runs of deleted synchronizations as `cancelled`: their workers drop them silently, so nothing
 * would ever come back. Locks only those runs; a worker's end that is being recorded wins and is left alone.
 * Returns how many were closed.
 */
export async function cancelRunsOfDeleted(database: DataSource): Promise<number> {
  const [, closed] = await database.query<[unknown, number]>(`
    UPDATE runs r
       SET outcome = 'cancelled', finished_at = clock_timestamp()
      FROM synchronizations s
     WHERE s.id = r.synchronization_id AND s.deleted_at IS NOT NULL AND r.outcome IS NULL`);
  return closed;
}
