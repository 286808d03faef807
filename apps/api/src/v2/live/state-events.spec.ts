import { describe, expect, it } from '@jest/globals';
import type { ChangedRun } from './read-changes.js';
import { stateEventsOf } from './state-events.js';

const run = (changes: Partial<ChangedRun> = {}): ChangedRun => ({
  synchronizationId: 's',
  table: 'ports',
  runId: 'r',
  runNumber: 1,
  requestedAt: '1764000000000100',
  startedAt: null,
  finishedAt: null,
  outcome: null,
  failureCode: null,
  failureDetail: null,
  rows: null,
  stopped: false,
  state: 'success',
  ...changes,
});

const statesOf = (runs: readonly ChangedRun[]): unknown[] =>
  stateEventsOf(runs)
    .map(({ data }) => data as { run_number: number; state: string })
    .map(({ run_number: number, state }) => `${number} ${state}`);

describe('the changes of state', () => {
  it('of a run come one after the other, also where a clock was cut to the millisecond', () => {
    const cut = {
      startedAt: '1764000000000000',
      finishedAt: '1764000000000000',
      outcome: 'imported',
    } as const;
    expect(statesOf([run(cut)])).toEqual(['1 queued', '1 syncing', '1 success']);
  });

  it('of several runs come in the order in which they happened', () => {
    const first = run({ startedAt: '1764000000000200', finishedAt: '1764000000000900', outcome: 'failed' });
    const second = run({ runId: 'q', runNumber: 2, requestedAt: '1764000000000900' });
    const other = run({ runId: 'o', runNumber: 7, requestedAt: '1764000000000300' });
    expect(statesOf([second, other, first])).toEqual([
      ...['1 queued', '1 syncing', '7 queued', '1 failure', '2 queued'],
    ]);
  });

  it('say why a run failed, and of one that was cancelled where it left its synchronization', () => {
    const ended = { finishedAt: '1764000000000900' };
    const failed = run({
      ...ended,
      outcome: 'failed',
      failureCode: 'source-not-found',
      failureDetail: 'HTTP 404',
    });
    expect(stateEventsOf([failed]).at(-1)?.data).toMatchObject({
      state: 'failure',
      outcome: 'failed',
      failure: { code: 'source-not-found', detail: 'HTTP 404', remedy: expect.any(String) },
    });
    expect(statesOf([run({ ...ended, outcome: 'cancelled' })])).toEqual(['1 queued', '1 success']);
  });
});
