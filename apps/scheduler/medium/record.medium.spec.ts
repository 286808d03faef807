import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunFinishedV1 } from '@tidetable/contracts';
import { insertSynchronization } from '@tidetable/test-harness';
import { recordFinished } from '../src/record/record-finished.js';
import {
  claim,
  deadlineSeconds,
  failedEvent,
  importedEvent,
  type Metadata,
  openMetadata,
  openRun,
  recordStarted,
  type Reference,
  secondsFromNow,
  unchangedEvent,
  unknownReference,
} from './fixture.js';

interface SynchronizationRow {
  state: string;
  name: string | null;
  run_at: Date;
  ran_at: Date;
  updated_at: Date;
  attempted_at: Date;
  due_at: Date | null;
  retried_times: number;
  stopped: boolean;
  failure_code: string | null;
  source_etag: string | null;
  source_sha256: string | null;
  imported_at: Date | null;
}

describe('recording', () => {
  let metadata: Metadata;
  let synchronizationId: string;
  beforeAll(async () => {
    metadata = await openMetadata();
  });
  beforeEach(async () => {
    await metadata.clear();
    synchronizationId = (
      await insertSynchronization(metadata.database, { created_at: secondsFromNow(-3_600) })
    ).id;
  });
  afterAll(() => metadata.close());

  const claimed = async (): Promise<Reference> => {
    await claim(metadata, 10);
    return openRun(metadata, synchronizationId);
  };
  const start = (reference: Reference): Promise<boolean> => recordStarted(metadata, reference);
  const finish = (event: RunFinishedV1): Promise<string> => recordFinished(metadata.database, event, event);
  const synchronization = (): Promise<SynchronizationRow> =>
    metadata.row<SynchronizationRow>('SELECT * FROM synchronizations WHERE id = $1', [synchronizationId]);
  const everything = async (): Promise<unknown> => ({
    synchronizations: await metadata.rows('SELECT * FROM synchronizations'),
    runs: await metadata.rows('SELECT * FROM runs'),
    log: await metadata.rows('SELECT * FROM run_log ORDER BY id'),
  });
  /** A run may come a twentieth of the interval, and five minutes, sooner. */
  const expectInterval = (from: Date, runAt: Date, seconds: number): void => {
    const after = (runAt.getTime() - from.getTime()) / 1_000;
    expect(after).toBeLessThanOrEqual(seconds);
    expect(after).toBeGreaterThanOrEqual(seconds - Math.min(seconds / 20, 300));
  };
  const makeDue = (): Promise<unknown> =>
    metadata.rows(`UPDATE synchronizations SET run_at = now() - interval '1 second'`);

  it('sets syncing and a new deadline when a worker holds the run', async () => {
    const run = await claimed();
    await metadata.rows(`UPDATE runs SET deadline_at = now() + interval '1 second'`);
    expect(await start(run)).toBe(true);
    expect((await synchronization()).state).toBe('syncing');
    const row = await metadata.row<{ started_at: Date; deadline_at: Date }>('SELECT * FROM runs');
    expect(row.deadline_at.getTime() - row.started_at.getTime()).toBe(deadlineSeconds * 1_000);
  });

  it('records an import with its times, its version and its log', async () => {
    const run = await claimed();
    await start(run);
    expect(await finish(importedEvent(run))).toBe('recorded');
    const row = await synchronization();
    const { requested_at: requestedAt, finished_at: finishedAt } =
      await metadata.row<Record<string, Date>>('SELECT * FROM runs');
    expect(row).toMatchObject({
      state: 'success',
      name: 'ports',
      ran_at: finishedAt,
      updated_at: finishedAt,
      attempted_at: finishedAt,
      due_at: row.run_at,
      retried_times: 0,
      stopped: false,
      source_etag: '"1"',
    });
    expectInterval(finishedAt!, row.run_at, 3_600);
    expect(Math.abs(row.imported_at!.getTime() - requestedAt!.getTime())).toBeLessThanOrEqual(1);
    expect(await metadata.rows('SELECT level, message FROM run_log ORDER BY id')).toEqual([
      { level: 'info', message: 'The first import was requested.' },
      { level: 'info', message: 'A worker started the run.' },
      { level: 'info', message: '2 rows were loaded into the table ports.' },
      { level: 'info', message: 'Columns: name text.' },
      { level: 'info', message: '1 row has a geometry.' },
      { level: 'warning', message: '1 row has no usable coordinates.' },
    ]);
  });

  it('moves ran_at and keeps updated_at when the source is unchanged', async () => {
    const first = await claimed();
    await finish(importedEvent(first));
    const before = await synchronization();
    await makeDue();
    const second = await claimed();
    await finish(unchangedEvent(second));
    const after = await synchronization();
    expect(after).toMatchObject({
      state: 'success',
      updated_at: before.updated_at,
      imported_at: before.imported_at,
      source_etag: '"2"',
      source_sha256: before.source_sha256,
    });
    expect(after.ran_at.getTime()).toBeGreaterThan(before.ran_at.getTime());
  });

  it('keeps the name, the version and the time of the last success when a later run fails', async () => {
    await finish(importedEvent(await claimed()));
    const before = await synchronization();
    await makeDue();
    await finish(failedEvent(await claimed()));
    expect(await synchronization()).toMatchObject({
      state: 'failure',
      failure_code: 'source-not-found',
      retried_times: 1,
      name: 'ports',
      ran_at: before.ran_at,
      updated_at: before.updated_at,
      source_etag: before.source_etag,
      imported_at: before.imported_at,
    });
  });

  it('tries a failure that waiting may mend soon, not before the source asked for, and counts it once', async () => {
    const failed = async (retryAfterSeconds?: number): Promise<number> => {
      const run = await claimed();
      const asked = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
      await finish(failedEvent(run, { code: 'source-rate-limited', detail: null, ...asked }));
      const { run_at: runAt, attempted_at: attemptedAt } = await synchronization();
      await makeDue();
      return (runAt.getTime() - attemptedAt.getTime()) / 1_000;
    };
    const [first, second, third, fourth] = [
      await failed(),
      await failed(),
      await failed(1_800),
      await failed(),
    ];
    expect(first).toBeGreaterThanOrEqual(60);
    expect(first).toBeLessThanOrEqual(75);
    expect(second).toBeGreaterThanOrEqual(240);
    expect(second).toBeLessThanOrEqual(300);
    expect(third).toBe(1_800);
    expect(fourth).toBeGreaterThan(3_400);
    expect(await synchronization()).toMatchObject({ retried_times: 1, soon_tries: 0 });
  });

  it('stops after ten failures, and a success by hand starts the schedule again', async () => {
    for (let failures = 1; failures <= 10; failures += 1) {
      expect((await synchronization()).stopped).toBe(false);
      await makeDue();
      await finish(failedEvent(await claimed()));
    }
    expect(await synchronization()).toMatchObject({ stopped: true, retried_times: 10, due_at: null });
    await makeDue();
    expect(await claim(metadata, 10)).toBe(0);
    await metadata.rows('UPDATE synchronizations SET sync_requested_at = clock_timestamp()');
    await finish(importedEvent(await claimed()));
    const revived = await synchronization();
    expect(revived).toMatchObject({
      stopped: false,
      retried_times: 0,
      failure_code: null,
      due_at: revived.run_at,
    });
  });

  it.each([
    ['a doubled end', (run: Reference) => importedEvent(run)],
    ['another end', (run: Reference) => failedEvent(run)],
  ])('changes nothing on %s', async (_, event) => {
    const run = await claimed();
    await finish(importedEvent(run));
    const before = await everything();
    expect(await finish(event(run))).toBe('nothing');
    expect(await start(run)).toBe(false);
    expect(await everything()).toEqual(before);
  });

  it('changes nothing on a doubled start', async () => {
    const run = await claimed();
    await start(run);
    const before = await everything();
    expect(await start(run)).toBe(false);
    expect(await everything()).toEqual(before);
  });

  it('records the end of a run whose start was never heard of, and then ignores the start', async () => {
    const run = await claimed();
    expect(await finish(importedEvent(run))).toBe('recorded');
    expect(await start(run)).toBe(false);
    expect((await synchronization()).state).toBe('success');
    expect(await metadata.rows('SELECT message FROM run_log ORDER BY id LIMIT 1')).toEqual([
      { message: 'The first import was requested.' },
    ]);
  });

  it('counts one of several ends that arrive at the same time', async () => {
    const run = await claimed();
    const results = await Promise.all(
      Array.from({ length: 6 }, (_, at) => finish(at % 2 === 0 ? failedEvent(run) : importedEvent(run))),
    );
    expect(results.filter((result) => result === 'recorded')).toHaveLength(1);
    expect((await synchronization()).retried_times).toBeLessThanOrEqual(1);
  });

  it('does not take a late event of an earlier run for one of the run that is open', async () => {
    const first = await claimed();
    await finish(importedEvent(first));
    await makeDue();
    const second = await claimed();
    expect(await finish(failedEvent(first))).toBe('nothing');
    expect(await start(first)).toBe(false);
    expect((await synchronization()).state).toBe('queued');
    expect(await openRun(metadata, synchronizationId)).toEqual(second);
  });

  it('ignores a run that does not exist, or belongs to another synchronization', async () => {
    const run = await claimed();
    const { id: other } = await insertSynchronization(metadata.database, {});
    const before = await everything();
    expect(await finish(importedEvent(unknownReference()))).toBe('nothing');
    expect(await finish(importedEvent({ ...run, synchronizationId: other }))).toBe('nothing');
    expect(await everything()).toEqual(before);
  });

  it('only cancels the run when its synchronization was deleted meanwhile', async () => {
    const run = await claimed();
    await metadata.rows('UPDATE synchronizations SET deleted_at = now()');
    expect(await start(run)).toBe(false);
    expect(await finish(importedEvent(run))).toBe('cancelled');
    // Nothing of the report, and no longer counted as in flight.
    expect(await synchronization()).toMatchObject({ state: 'failure', name: null, due_at: null });
    expect(await metadata.row('SELECT outcome, report FROM runs')).toEqual({
      outcome: 'cancelled',
      report: null,
    });
  });

  it('takes the interval that is set when the run ends', async () => {
    const run = await claimed();
    await metadata.rows('UPDATE synchronizations SET interval_seconds = 86400');
    await finish(importedEvent(run));
    const { ran_at: ranAt, run_at: runAt } = await synchronization();
    expectInterval(ranAt, runAt, 86_400);
  });

  it('counts a refresh that is asked for during a run as answered by it', async () => {
    const run = await claimed();
    await metadata.rows('UPDATE synchronizations SET sync_requested_at = clock_timestamp()');
    await finish(importedEvent(run));
    const row = await synchronization();
    expect(row.due_at).toEqual(row.run_at);
    expect(await claim(metadata, 10)).toBe(0);
  });

  it('never waits in a circle with other starts and ends, changes by the api, and removals', async () => {
    for (let at = 0; at < 15; at += 1) await insertSynchronization(metadata.database, {});
    await claim(metadata, 100);
    const runs = await metadata.rows<Reference>(
      'SELECT id AS "runId", synchronization_id AS "synchronizationId", run_number AS "runNumber" FROM runs',
    );
    const results = await Promise.allSettled(
      runs.flatMap((run) => [
        finish(importedEvent(run)),
        start(run),
        metadata.rows('UPDATE synchronizations SET interval_seconds = 7200 WHERE id = $1', [
          run.synchronizationId,
        ]),
        metadata.rows('DELETE FROM synchronizations WHERE id = $1', [run.synchronizationId]),
        finish(failedEvent(run)),
      ]),
    );
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
  });
});
