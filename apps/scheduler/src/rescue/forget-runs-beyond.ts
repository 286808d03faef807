import type { DataSource } from 'typeorm';

/** So many rows are removed by one statement, so that none holds its locks for long. */
const forgetBatch = 1_000;

/**
 * Removes ended runs, with their log, of synchronizations that have more than `keptMax` of them: all but the last ones,
 * and the first, which is the import record. Only synchronizations of which a run ended within `withinSeconds` are
 * looked at, as no other can have come to have too many since the last time; they are found by the index
 * `runs_ended_finished_at`. Returns whether more may be left.
 */
export async function forgetRunsBeyond(
  database: DataSource,
  keptMax: number,
  withinSeconds: number,
): Promise<boolean> {
  const [, removed] = await database.query<[unknown, number]>(
    `DELETE FROM runs
      WHERE id IN (
        SELECT old.id
          FROM runs r
          JOIN runs old ON old.synchronization_id = r.synchronization_id
                       AND old.run_number > 1
                       AND old.run_number <= r.run_number - $1::integer
                       AND old.outcome IS NOT NULL
         WHERE r.run_number > $1::integer + 1
           AND r.outcome IS NOT NULL
           AND r.finished_at > statement_timestamp() - make_interval(secs => $2)
         LIMIT $3)`,
    [keptMax, withinSeconds, forgetBatch],
  );
  return removed === forgetBatch;
}
