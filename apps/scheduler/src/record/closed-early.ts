import { nextSynchronizationState } from '@tidetable/contracts';
import type { Run, Synchronization } from '@tidetable/metadata-db';
import { type NextRun, nextRunAfterCancel, nextRunAfterPush, scheduleOf, spreadOf } from './next-run.js';
import type { CloseReason } from './close-reason.js';
import type { ScheduledSynchronization } from './run-ending.js';

/** Where a customer reads why, beside the sentence of the catalogue. */
const details: Record<CloseReason, string | null> = {
  asked: null,
  deleted: null,
  'account-disabled': 'the account was disabled',
  'source-changed': 'another source was given meanwhile',
};

/**
 * The columns of a synchronization that closing its run early sets: a failure with the code `run-cancelled` that counts
 * as no failure. `attempted_at` stays the beginning of the run, so that asking for another waits no longer than it must.
 *
 * @throws when the state machine knows no such end in this state, which an open run rules out.
 */
export function synchronizationClosedEarly(
  synchronization: ScheduledSynchronization & Pick<Synchronization, 'stopped'>,
  run: Pick<Run, 'requestedAt' | 'runNumber'>,
  reason: CloseReason,
  now: Date,
): Partial<Synchronization> & NextRun {
  const state = nextSynchronizationState(synchronization.state, 'cancelled');
  if (state === null)
    throw new Error(`a run was open while its synchronization was ${synchronization.state}`);
  const { id, pushedAt, retriedTimes, stopped } = synchronization;
  const told = { state, failureCode: 'run-cancelled', failureDetail: details[reason] } as const;
  if (reason === 'source-changed') {
    return { ...told, runAt: now, retriedTimes: 0, soonTries: 0, stopped: false };
  }
  const next = nextRunAfterCancel({
    ...{ ...scheduleOf(synchronization), retriedTimes, stopped },
    ...{ spread: spreadOf(id, run.runNumber), now },
  });
  return { ...told, ...nextRunAfterPush(next, pushedAt !== null && pushedAt > run.requestedAt, now) };
}
