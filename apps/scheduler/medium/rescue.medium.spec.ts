import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { insertAccount, insertRun, insertSynchronization } from '@tidetable/test-harness';
import { recordFinished } from '../src/record/record-finished.js';
import {
  forgetAuditEntries,
  forgetDeletedSynchronizations,
  forgetOldRuns,
} from '../src/rescue/forget-old-rows.js';
import { forgetRunsBeyond } from '../src/rescue/forget-runs-beyond.js';
import { rescueRuns } from '../src/keep-in-step.js';
import type { SchedulerContext } from '../src/scheduler-context.js';
import {
  claim,
  failedEvent,
  importedEvent,
  type Metadata,
  openMetadata,
  openRun,
  recordStarted,
  quiet,
  type Reference,
  secondsFromNow,
  unchangedEvent,
} from './fixture.js';

describe('rescuing', () => {
  let metadata: Metadata;
  beforeAll(async () => {
    metadata = await openMetadata();
  });
  afterEach(() => metadata.clear());
  afterAll(() => metadata.close());

  /** One round of the rescuer; returns how many runs it closed. */
  const rescue = async (): Promise<number> => {
    const open = async (): Promise<number> =>
      (await metadata.rows('SELECT FROM runs WHERE outcome IS NULL')).length;
    const before = await open();
    await rescueRuns({
      database: metadata.database,
      logger: quiet,
      metrics: { runRescued: () => undefined },
    } as SchedulerContext);
    return before - (await open());
  };
  const withOpenRun = async (
    deadlineSecondsFromNow: number,
    columns: Record<string, unknown> = { state: 'syncing' },
  ): Promise<Reference> => {
    const { id } = await insertSynchronization(metadata.database, { runs_count: 1, ...columns });
    await insertRun(metadata.database, id, { deadline_at: secondsFromNow(deadlineSecondsFromNow) });
    return openRun(metadata, id);
  };

  it.each(['queued', 'syncing'])('closes an overdue run of a %s synchronization as lost', async (state) => {
    await withOpenRun(-1, { state });
    expect(await rescue()).toBe(1);
    expect(await metadata.row('SELECT outcome, failure_code FROM runs')).toEqual({
      outcome: 'failed',
      failure_code: 'run-lost',
    });
    expect(await metadata.row('SELECT state, failure_code, retried_times FROM synchronizations')).toEqual({
      state: 'failure',
      failure_code: 'run-lost',
      retried_times: 1,
    });
    expect(await metadata.rows(`SELECT FROM run_log WHERE level = 'error'`)).toHaveLength(1);
  });

  it('leaves a running run alone until its deadline', async () => {
    await withOpenRun(60);
    expect(await rescue()).toBe(0);
    expect(await metadata.row('SELECT outcome FROM runs')).toEqual({ outcome: null });
  });

  it('leaves a run alone whose deadline began anew after it was found overdue', async () => {
    const run = await withOpenRun(-1, { state: 'queued' });
    await recordStarted(metadata, run);
    const lost = { outcome: 'failed', failure: { code: 'run-lost', detail: null } } as const;
    expect(await recordFinished(metadata.database, run, lost, true)).toBe('nothing');
    expect(await metadata.row('SELECT outcome FROM runs')).toEqual({ outcome: null });
  });

  it('counts once, whether the worker or another rescuer comes at the same time', async () => {
    const run = await withOpenRun(-1);
    const event = importedEvent(run);
    await Promise.all([rescue(), rescue(), recordFinished(metadata.database, event, event)]);
    const { outcome } = await metadata.row<{ outcome: string }>('SELECT outcome FROM runs');
    const { state, retried_times: retriedTimes } = await metadata.row<Record<string, unknown>>(
      'SELECT state, retried_times FROM synchronizations',
    );
    expect([
      ['imported', 'success', 0],
      ['failed', 'failure', 1],
    ]).toContainEqual([outcome, state, retriedTimes]);
    const ends = await metadata.rows(`SELECT FROM run_log WHERE level = 'error' OR message LIKE '%loaded%'`);
    expect(ends).toHaveLength(1);
  });

  it.each([
    ['was closed as lost', ''],
    ['was overtaken by another run', `UPDATE synchronizations SET run_at = clock_timestamp()`],
    ['belongs to a deleted synchronization', `UPDATE synchronizations SET deleted_at = now()`],
    ['belongs to a synchronization that is gone', `DELETE FROM synchronizations`],
  ])('lets a worker that comes back change nothing when its run %s', async (_, then) => {
    const run = await withOpenRun(-1);
    expect(await rescue()).toBe(1);
    if (then !== '') await metadata.rows(then);
    await claim(metadata);
    const everything = async (): Promise<unknown> => [
      await metadata.rows('SELECT * FROM synchronizations'),
      await metadata.rows('SELECT * FROM runs ORDER BY id'),
      await metadata.rows('SELECT * FROM run_log ORDER BY id'),
      await metadata.rows('SELECT * FROM outbox ORDER BY id'),
    ];
    const before = await everything();
    expect(await recordStarted(metadata, run)).toBe(false);
    for (const event of [importedEvent(run), unchangedEvent(run), failedEvent(run)]) {
      expect(await recordFinished(metadata.database, event, event)).toBe('nothing');
    }
    expect(await everything()).toEqual(before);
  });

  it('closes the other overdue runs when one cannot be closed', async () => {
    const broken = await withOpenRun(-10);
    // A state that no program writes while a run is open.
    await metadata.rows(
      `UPDATE synchronizations SET state = 'failure', failure_code = 'internal' WHERE id = $1`,
      [broken.synchronizationId],
    );
    const { runId } = await withOpenRun(-1);
    expect(await rescue()).toBe(1);
    expect(await metadata.rows('SELECT id FROM runs WHERE outcome IS NOT NULL')).toEqual([{ id: runId }]);
  });

  it('forgets old runs with their logs, and never the first or the last of a synchronization', async () => {
    const { id } = await insertSynchronization(metadata.database, { state: 'failure', runs_count: 5 });
    for (const [run_number, daysAgo] of [
      [1, 200],
      [2, 150],
      [3, 100],
      [4, 20],
      [5, 100],
    ] as const) {
      const run = await insertRun(metadata.database, id, {
        run_number,
        outcome: 'failed',
        failure_code: 'internal',
        finished_at: secondsFromNow(-daysAgo * 86_400),
      });
      await metadata.rows(
        `INSERT INTO run_log (log_id, run_id, level, message) VALUES (gen_random_uuid(), $1, 'info', 'x')`,
        [run.id],
      );
    }
    expect(await forgetOldRuns(metadata.database, 90)).toBe(false);
    expect(await metadata.rows('SELECT run_number FROM runs ORDER BY run_number')).toEqual([
      { run_number: 1 },
      { run_number: 4 },
      { run_number: 5 },
    ]);
    expect(await metadata.row('SELECT count(*)::int AS lines FROM run_log')).toEqual({ lines: 3 });
  });

  it('forgets what the audit trail tells of changes that are old', async () => {
    const { id } = await insertAccount(metadata.database);
    for (const days of [1, 364, 366, 900])
      await metadata.rows(
        `INSERT INTO audit_entries (account_id, at, actor_kind, action, target_kind, target_id, changes)
         VALUES ($1, now() - make_interval(days => $2), 'operator', 'changed', 'account', 'x', '[]')`,
        [id, days],
      );
    expect(await forgetAuditEntries(metadata.database, 365)).toBe(false);
    expect(await metadata.row('SELECT count(*)::int AS entries FROM audit_entries')).toEqual({ entries: 2 });
  });

  it('forgets runs beyond so many, where one has just ended, and never the first or an open one', async () => {
    const make = async (finishedSecondsAgo: number): Promise<string> => {
      const { id } = await insertSynchronization(metadata.database, { state: 'failure', runs_count: 7 });
      for (let run_number = 1; run_number <= 6; run_number += 1) {
        await insertRun(metadata.database, id, {
          run_number,
          outcome: 'failed',
          failure_code: 'internal',
          finished_at: secondsFromNow(-finishedSecondsAgo),
        });
      }
      await insertRun(metadata.database, id, { run_number: 7 });
      return id;
    };
    const busy = await make(60);
    const quiet = await make(86_400);
    expect(await forgetRunsBeyond(metadata.database, 2, 3_600)).toBe(false);
    const numbersOf = async (id: string): Promise<unknown> =>
      (
        await metadata.rows('SELECT run_number FROM runs WHERE synchronization_id = $1 ORDER BY run_number', [
          id,
        ])
      ).map(({ run_number }) => run_number as number);
    expect(await numbersOf(busy)).toEqual([1, 5, 6, 7]);
    expect(await numbersOf(quiet)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('forgets deleted synchronizations after their time, once no run is open', async () => {
    const longAgo = secondsFromNow(-8 * 86_400);
    const { id: gone } = await insertSynchronization(metadata.database, { deleted_at: longAgo });
    await insertRun(metadata.database, gone, { outcome: 'cancelled', finished_at: longAgo });
    const open = await withOpenRun(60, { state: 'syncing', deleted_at: longAgo });
    const { id: fresh } = await insertSynchronization(metadata.database, { deleted_at: secondsFromNow(-60) });
    const { id: alive } = await insertSynchronization(metadata.database, {});
    await forgetDeletedSynchronizations(metadata.database, 7);
    const left = await metadata.rows<{ id: string }>('SELECT id FROM synchronizations');
    expect(left.map(({ id }) => id).sort()).toEqual([open.synchronizationId, fresh, alive].sort());
  });
});
