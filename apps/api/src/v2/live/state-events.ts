import { errorCatalogue } from '@tidetable/contracts';
import { markOf } from './event-cursor.js';
import type { ChangedRun } from './read-changes.js';

/** A change of state, with when it was and what stands for it. */
export interface StateEvent {
  readonly at: number;
  readonly mark: string;
  readonly data: object;
}

/**
 * The changes of state that runs have gone through, in the order in which they happened. Of one run each comes after the
 * one before, whatever the clocks that were read for them say to the microsecond.
 */
export function stateEventsOf(runs: readonly ChangedRun[]): StateEvent[] {
  const all = runs.flatMap((run) => {
    const requested = Number(run.requestedAt);
    const started = run.startedAt === null ? null : Math.max(Number(run.startedAt), requested);
    const ended = run.finishedAt === null ? null : Math.max(Number(run.finishedAt), started ?? requested);
    return [
      stateEvent(run, 'queued', requested, {}),
      ...(started === null ? [] : [stateEvent(run, 'syncing', started, {})]),
      ...(ended === null || run.outcome === null ? [] : [endOf(run, ended)]),
    ].map((event, step) => ({ ...event, runNumber: run.runNumber, step }));
  });
  return all
    .sort((one, other) => one.at - other.at || one.runNumber - other.runNumber || one.step - other.step)
    .map(({ at, mark, data }) => ({ at, mark, data }));
}

/** A run that was cancelled leaves its synchronization as it was before: the state is the one of now. */
function endOf(run: ChangedRun, at: number): StateEvent {
  if (run.outcome === 'cancelled')
    return stateEvent(run, run.state, at, { outcome: 'cancelled' }, 'cancelled');
  const isFailed = run.outcome === 'failed';
  return stateEvent(run, isFailed ? 'failure' : 'success', at, {
    outcome: run.outcome,
    rows: run.rows === null ? null : Number(run.rows),
    stopped: run.stopped,
    failure: failureOf(run),
  });
}

function stateEvent(run: ChangedRun, state: string, at: number, more: object, step = state): StateEvent {
  const { synchronizationId, table, runId, runNumber } = run;
  return {
    at,
    mark: markOf(runId, step),
    data: {
      synchronization_id: synchronizationId,
      run_id: runId,
      run_number: runNumber,
      table,
      state,
      at: new Date(at / 1_000).toISOString(),
      ...more,
    },
  };
}

function failureOf({ failureCode: code, failureDetail: detail }: ChangedRun): object | null {
  if (code === null) return null;
  const { title, sentence, remedy, directive } = errorCatalogue[code];
  return { type: `/problems/${code}`, code, title, sentence, detail, remedy, directive };
}
