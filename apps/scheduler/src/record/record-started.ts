import { nextSynchronizationState } from '@tidetable/contracts';
import { Run, Synchronization } from '@tidetable/metadata-db';
import type { DataSource } from 'typeorm';
import type { RunReference } from '../run-reference.js';
import { lockOpenRun } from './lock-run.js';
import { linesOfRequest, linesOfStart, writeLog } from './run-log.js';

/**
 * Records that a worker holds a run: the synchronization becomes `syncing`, and the run's deadline begins anew, so
 * that a long wait for a worker takes nothing from the time to work. Once: a doubled event, one of a run that has
 * ended, and one of a deleted synchronization change nothing. Returns whether this call recorded it.
 */
export async function recordStarted(
  database: DataSource,
  reference: RunReference,
  runDeadlineSeconds: number,
): Promise<boolean> {
  return database.transaction(async (manager) => {
    const locked = await lockOpenRun(manager, reference);
    if (locked === null) return false;
    const { run, synchronization, now } = locked;
    const state = nextSynchronizationState(synchronization.state, 'started');
    if (run.startedAt !== null || synchronization.deletedAt !== null || state === null) return false;
    const deadlineAt = new Date(now.getTime() + runDeadlineSeconds * 1_000);
    await manager.update(Run, run.id, { startedAt: now, deadlineAt });
    await manager.update(Synchronization, synchronization.id, { state });
    await writeLog(manager, synchronization.logId, run.id, [...linesOfRequest(run), ...linesOfStart(now)]);
    return true;
  });
}
