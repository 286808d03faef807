import type { Logger } from '@tidetable/service-host';
import type { DataSource } from 'typeorm';
import type { RunReference } from '../run-reference.js';

/** So many overdue runs are looked at in one round. */
const overdueMax = 200;

/** The open runs whose time is over, the longest overdue first; found by the index `runs_open_deadline_at`. */
const findOverdue = `
  SELECT id AS "runId", synchronization_id AS "synchronizationId"
    FROM runs
   WHERE outcome IS NULL AND deadline_at < statement_timestamp()
   ORDER BY deadline_at
   LIMIT $1`;

/** Ends an overdue run as lost; returns whether it did, and not somebody else or a new deadline first. */
export type CloseLostRun = (run: RunReference) => Promise<boolean>;

/**
 * Has every run closed that nobody ended by its deadline, one after the other. One that cannot be closed is logged
 * and does not keep the others from it. Returns how many were closed.
 */
export async function rescueOverdueRuns(
  database: DataSource,
  closeLostRun: CloseLostRun,
  logger: Logger,
): Promise<number> {
  const overdue = await database.query<RunReference[]>(findOverdue, [overdueMax]);
  let closed = 0;
  for (const run of overdue) {
    try {
      if (!(await closeLostRun(run))) continue;
      closed += 1;
      logger.warn({ ...run }, 'overdue run closed');
    } catch (error) {
      logger.error({ ...run, err: error }, 'overdue run could not be closed');
    }
  }
  return closed;
}
