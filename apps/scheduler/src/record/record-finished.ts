import { Run, Synchronization, synchronizationDueChannel } from '@tidetable/metadata-db';
import type { DataSource, EntityManager } from 'typeorm';
import type { RunReference } from '../run-reference.js';
import { type LockedRun, lockOpenRun } from './lock-run.js';
import { type RunEnding, runAfter, synchronizationAfter } from './run-ending.js';
import { linesOfEnding, linesOfRequest, writeLog } from './run-log.js';

/** What recording did: set the outcome, found its synchronization deleted, or found nothing to do. */
export type Recorded = 'recorded' | 'cancelled' | 'nothing';

/**
 * Records how a run ended, in one transaction and once: the run, its synchronization, the next `run_at` and the
 * log. Whoever comes second (a doubled event, a worker after the rescuer, the rescuer after a worker) changes
 * nothing. When the synchronization was deleted meanwhile the run is `cancelled` and the rest stays as it is.
 *
 * `onlyOverdue` is the rescuer's: a run whose deadline has not passed, or was set anew meanwhile, is left alone.
 */
export async function recordFinished(
  database: DataSource,
  reference: RunReference,
  ending: RunEnding,
  onlyOverdue = false,
): Promise<Recorded> {
  return database.transaction(async (manager) => {
    const locked = await lockOpenRun(manager, reference);
    if (locked === null || (onlyOverdue && locked.run.deadlineAt > locked.now)) return 'nothing';
    if (locked.synchronization.deletedAt !== null) {
      await manager.update(Run, locked.run.id, { outcome: 'cancelled', finishedAt: locked.now });
      await announceRoom(manager, locked.synchronization.accountId);
      return 'cancelled';
    }
    await end(manager, locked, ending);
    await announceRoom(manager, locked.synchronization.accountId);
    return 'recorded';
  });
}

async function end(manager: EntityManager, locked: LockedRun, ending: RunEnding): Promise<void> {
  const { run, synchronization, now } = locked;
  const after = synchronizationAfter(synchronization, run, ending, now);
  await manager.update(Run, run.id, runAfter(ending, now));
  await manager.update(Synchronization, synchronization.id, after);
  await writeLog(manager, synchronization.logId, run.id, [
    ...(run.startedAt === null ? linesOfRequest(run) : []),
    ...linesOfEnding(ending, { ...synchronization, ...after }, now),
  ]);
}

/** An account has room for another run: schedulers are told, where something of it was set aside. */
async function announceRoom(manager: EntityManager, accountId: string): Promise<void> {
  await manager.query(
    `SELECT pg_notify($1, '') FROM synchronizations WHERE account_id = $2 AND held AND due_at IS NOT NULL LIMIT 1`,
    [synchronizationDueChannel, accountId],
  );
}
