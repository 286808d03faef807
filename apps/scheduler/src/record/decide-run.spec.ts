import { describe, expect, it } from '@jest/globals';
import { decideRun, type RunNews } from './decide-run.js';
import type { LockedRun } from './lock-runs.js';

const now = new Date('2026-02-01T12:00:00Z');
const requestedAt = new Date('2026-02-01T11:59:00Z');
const locked: LockedRun = {
  run: {
    id: '00000000-0000-4000-8000-000000000002',
    runNumber: 1,
    trigger: 'schedule',
    requestedAt,
    startedAt: null,
    deadlineAt: new Date('2026-02-01T12:30:00Z'),
  },
  synchronization: {
    id: '00000000-0000-4000-8000-000000000001',
    accountId: '00000000-0000-4000-8000-000000000003',
    logId: '00000000-0000-4000-8000-000000000004',
    state: 'queued',
    deletedAt: null,
    intervalSeconds: 900,
    retriedTimes: 0,
    soonTries: 0,
    stopped: false,
    cron: null,
    timeZone: null,
    pushedAt: null,
    sourceChangedAt: null,
    name: null,
    serviceName: null,
    runAt: requestedAt,
    failureCode: null,
  },
  now,
};
const started: RunNews = { kind: 'started', deadlineSeconds: 60 };
const failed = (onlyOverdue = false): RunNews => ({
  kind: 'ended',
  ending: { outcome: 'failed', failure: { code: 'source-not-found', detail: null } },
  onlyOverdue,
});
const syncing = (startedAt = requestedAt): LockedRun => ({
  ...locked,
  run: { ...locked.run, startedAt },
  synchronization: { ...locked.synchronization, state: 'syncing' },
});
const deleted: LockedRun = { ...locked, synchronization: { ...locked.synchronization, deletedAt: now } };
const overdue: LockedRun = { ...locked, run: { ...locked.run, deadlineAt: requestedAt } };
const idle: LockedRun = { ...locked, synchronization: { ...locked.synchronization, state: 'success' } };

describe('deciding what becomes of a run', () => {
  it.each<
    [string, LockedRun, RunNews[], (string | typeof Error)[], string | undefined, string | undefined, number]
  >([
    ['a start', locked, [started], ['recorded'], 'syncing', undefined, 2],
    ['an end', syncing(), [failed()], ['recorded'], 'failure', 'failed', 2],
    ['an end without a start', locked, [failed()], ['recorded'], 'failure', 'failed', 3],
    ['a start and an end', locked, [started, failed()], ['recorded', 'recorded'], 'failure', 'failed', 4],
    ['an end and a start', locked, [failed(), started], ['recorded', 'recorded'], 'failure', 'failed', 4],
    ['a start twice', locked, [started, started], ['recorded', 'nothing'], 'syncing', undefined, 2],
    ['an end twice', syncing(), [failed(), failed()], ['recorded', 'nothing'], 'failure', 'failed', 2],
    ['a start that is known', syncing(), [started], ['nothing'], undefined, undefined, 0],
    ['a start of a deleted one', deleted, [started], ['nothing'], undefined, undefined, 0],
    [
      'an end of a deleted one',
      deleted,
      [started, failed()],
      ['nothing', 'cancelled'],
      'failure',
      'cancelled',
      0,
    ],
    ['a deadline that is to come', locked, [failed(true)], ['nothing'], undefined, undefined, 0],
    ['a deadline that has passed', overdue, [failed(true)], ['recorded'], 'failure', 'failed', 3],
    [
      'a deadline that begins anew',
      overdue,
      [failed(true), started],
      ['nothing', 'recorded'],
      'syncing',
      undefined,
      2,
    ],
    ['an end in a state without one', idle, [started, failed()], ['nothing', Error], undefined, undefined, 0],
    ['nothing', locked, [], [], undefined, undefined, 0],
  ])('%s', (_, run, news, recorded, state, outcome, lines) => {
    const decision = decideRun(run, news);
    expect(decision.recorded.map((each) => (each instanceof Error ? Error : each))).toEqual(recorded);
    expect([decision.synchronization.state, decision.run.outcome]).toEqual([state, outcome]);
    expect(decision.lines).toHaveLength(lines);
  });

  it('begins the deadline anew at a start, from the moment of the database', () => {
    expect(decideRun(locked, [started]).run).toEqual({
      startedAt: now,
      deadlineAt: new Date('2026-02-01T12:01:00Z'),
    });
  });
});
