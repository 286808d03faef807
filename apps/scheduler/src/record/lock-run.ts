import { Run, Synchronization } from '@tidetable/metadata-db';
import type { EntityManager } from 'typeorm';
import type { RunReference } from '../run-reference.js';

/** A run that is open and locked, its synchronization, and what time it is. */
export interface LockedRun {
  readonly run: Run;
  readonly synchronization: Synchronization;
  /** The database's clock, read after both rows were locked. */
  readonly now: Date;
}

/**
 * Locks an open run for the rest of the transaction, or returns `null` when there is no such run or it has ended.
 *
 * The synchronization is locked first and its run second, in the order of the claim and of cascading deletions, so
 * these never wait for each other in a circle. Two who record the same run take turns here, and the second one
 * finds it ended.
 */
export async function lockOpenRun(
  manager: EntityManager,
  reference: RunReference,
): Promise<LockedRun | null> {
  const lock = { mode: 'pessimistic_write' } as const;
  const synchronization = await manager.findOne(Synchronization, {
    where: { id: reference.synchronizationId },
    lock,
  });
  const run = await manager.findOne(Run, {
    where: { id: reference.runId, synchronizationId: reference.synchronizationId },
    lock,
  });
  if (synchronization === null || run === null || run.outcome !== null) return null;
  const [clock] = await manager.query<{ now: Date }[]>('SELECT clock_timestamp() AS now');
  if (clock === undefined) throw new Error('the database did not tell the time');
  return { run, synchronization, now: clock.now };
}
