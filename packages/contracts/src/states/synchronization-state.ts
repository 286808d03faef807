/** The states of a synchronization, as the API guide names them. */
export const synchronizationStates = ['created', 'queued', 'syncing', 'success', 'failure'] as const;

export type SynchronizationState = (typeof synchronizationStates)[number];

/** What can happen to a synchronization while it is kept in step. */
export const synchronizationEvents = [
  /** The scheduler claimed it and a run exists. */
  'claimed',
  /** A worker holds the run. */
  'started',
  /** The run ended and the table holds what the file holds. */
  'succeeded',
  /** The run ended, or was closed by the rescuer, with a reason. */
  'failed',
  /** The run was closed before its end, because somebody wanted that or what it was made for is no longer so. */
  'cancelled',
] as const;

export type SynchronizationEvent = (typeof synchronizationEvents)[number];

/**
 * The state machine, total: every event in every state. `null` says that the event changes nothing there
 * (a late or doubled message), which is not an error.
 *
 * | state | set by | meaning | exit and deadline |
 * |---|---|---|---|
 * | created | api | accepted, never attempted | claimed at once |
 * | queued | scheduler | a run exists and waits for a worker | started; the run's deadline |
 * | syncing | scheduler | a worker holds the run | finished; the run's deadline |
 * | success | scheduler | the table holds what the file held at `ran_at` | claimed at `run_at` or on demand |
 * | failure | scheduler | the last run ended with a reason | claimed at `run_at` or on demand |
 */
export const synchronizationTransitions: Record<
  SynchronizationState,
  Record<SynchronizationEvent, SynchronizationState | null>
> = {
  created: { claimed: 'queued', started: null, succeeded: null, failed: null, cancelled: null },
  queued: {
    claimed: null,
    started: 'syncing',
    succeeded: 'success',
    failed: 'failure',
    cancelled: 'failure',
  },
  syncing: { claimed: null, started: null, succeeded: 'success', failed: 'failure', cancelled: 'failure' },
  success: { claimed: 'queued', started: null, succeeded: null, failed: null, cancelled: null },
  failure: { claimed: 'queued', started: null, succeeded: null, failed: null, cancelled: null },
};

/** The state that follows, or `null` when the event changes nothing in this state. */
export function nextSynchronizationState(
  state: SynchronizationState,
  event: SynchronizationEvent,
): SynchronizationState | null {
  return synchronizationTransitions[state][event];
}
