import type { Logger } from '@tidetable/service-host';
import type { DataSource } from 'typeorm';
import type { RunReference } from '../record/lock-run.js';
import { recordFinished } from '../record/record-finished.js';
import type { RunEnding } from '../record/run-ending.js';

/** So many overdue runs are looked at in one round. */
const overdueMax = 200;

/** The open runs whose time is over, the longest overdue first; found by the index `runs_open_deadline_at`. */
const findOverdue = `
  SELECT id AS "runId", synchronization_id AS "synchronizationId"
    FROM runs
   WHERE outcome IS NULL AND deadline_at < statement_timestamp()
   ORDER BY deadline_at
   LIMIT $1`;

const lost: RunEnding = { outcome: 'failed', failure: { code: 'run-lost', detail: null } };

/**
 * Closes runs that nobody ended by their deadline as failed with `run-lost`, each in a transaction of its own and
 * on the same path as a worker's end, so exactly one of the two counts. One that cannot be closed is logged and
 * does not keep the others from it. Returns how many were closed.
 */
export async function rescueOverdueRuns(database: DataSource, logger: Logger): Promise<number> {
  const overdue = await database.query<RunReference[]>(findOverdue, [overdueMax]);
  let closed = 0;
  for (const run of overdue) {
    try {
      if ((await recordFinished(database, run, lost, true)) === 'nothing') continue;
      closed += 1;
      logger.warn({ ...run }, 'overdue run closed');
    } catch (error) {
      logger.error({ ...run, err: error }, 'overdue run could not be closed');
    }
  }
  return closed;
}
