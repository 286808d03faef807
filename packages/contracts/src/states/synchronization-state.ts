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
 * (a late or doubled message), which is not an error. docs/state-machine.md draws it.
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

/** What is to be known of a state: no state is without an exit, nor without a moment by which it is taken. */
interface SynchronizationStateFacts {
  /** The service that sets it. */
  readonly setBy: 'api' | 'scheduler';
  readonly meaning: string;
  /** How it is left. */
  readonly exit: string;
  /** By when it is left, or what else must happen and who was told. */
  readonly deadline: string;
}

/** The facts of each state; a state without them does not compile. */
export const synchronizationStateFacts: Record<SynchronizationState, SynchronizationStateFacts> = {
  created: {
    setBy: 'api',
    meaning: 'accepted, never attempted',
    exit: 'claimed',
    deadline: 'at once, as soon as its account and its source host have room',
  },
  queued: {
    setBy: 'scheduler',
    meaning: 'a run exists and waits for a worker',
    exit: 'started, or ended',
    deadline: 'the deadline of the run, at which the rescuer closes it',
  },
  syncing: {
    setBy: 'scheduler',
    meaning: 'a worker holds the run',
    exit: 'ended',
    deadline: 'the deadline of the run, which begins anew with the start',
  },
  success: {
    setBy: 'scheduler',
    meaning: 'the table holds what the file held at `ran_at`',
    exit: 'claimed',
    deadline: '`run_at`, or at once when a refresh is asked for',
  },
  failure: {
    setBy: 'scheduler',
    meaning: 'the last run ended with a reason',
    exit: 'claimed',
    deadline:
      '`run_at`; once stopped, with a code that says why, when a refresh is asked for or it is changed',
  },
};
