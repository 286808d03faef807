import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunFinishedV1 } from '@tidetable/contracts';
import { connectMetadata, synchronizationDueChannel } from '@tidetable/metadata-db';
import { insertSynchronization, waitFor } from '@tidetable/test-harness';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { newsOf } from '../src/record/news-of-event.js';
import { recordApart } from '../src/record/record-apart.js';
import { type News, recordNews } from '../src/record/record-news.js';
import {
  claim,
  deadlineSeconds,
  failedEvent,
  importedEvent,
  type Metadata,
  openMetadata,
  type Reference,
  startedEvent,
  unknownReference,
} from './fixture.js';

describe('recording a batch', () => {
  let metadata: Metadata;
  beforeAll(async () => {
    metadata = await openMetadata();
  });
  beforeEach(() => metadata.clear());
  afterAll(() => metadata.close());

  const start = (run: Reference): News =>
    newsOf({ subject: 'sync.run.started.v1', event: startedEvent(run) }, deadlineSeconds);
  const end = (event: RunFinishedV1): News =>
    newsOf({ subject: 'sync.run.finished.v1', event }, deadlineSeconds);
  /** Open runs, each of a synchronization of its own. */
  const openRuns = async (count: number): Promise<Reference[]> => {
    for (let at = 0; at < count; at += 1) await insertSynchronization(metadata.database, {});
    await claim(metadata, count);
    return metadata.rows<Reference>(
      `SELECT id AS "runId", synchronization_id AS "synchronizationId", run_number AS "runNumber"
         FROM runs WHERE outcome IS NULL`,
    );
  };
  const outcome = async ({ runId }: Reference): Promise<string | null> =>
    (await metadata.row<{ outcome: string | null }>('SELECT outcome FROM runs WHERE id = $1', [runId]))
      .outcome;
  const messages = async ({ runId }: Reference): Promise<string[]> =>
    (
      await metadata.rows<{ message: string }>('SELECT message FROM run_log WHERE run_id = $1 ORDER BY id', [
        runId,
      ])
    ).map(({ message }) => message);
  const everything = async (): Promise<unknown> => ({
    synchronizations: await metadata.rows('SELECT * FROM synchronizations ORDER BY id'),
    runs: await metadata.rows('SELECT * FROM runs ORDER BY id'),
    log: await metadata.rows('SELECT * FROM run_log ORDER BY id'),
  });

  it('gives each run what is its own, whatever the others get', async () => {
    const [imported, untold, failed, started] = await openRuns(4);
    await recordNews(metadata.database, [
      end(importedEvent(imported!)),
      end(failedEvent(failed!)),
      start(started!),
    ]);
    const rows = await metadata.rows(
      `SELECT r.id, s.state, s.name, s.source_etag, s.failure_code, s.retried_times, r.outcome,
              r.started_at IS NOT NULL AS started
         FROM runs r JOIN synchronizations s ON s.id = r.synchronization_id`,
    );
    const none = { name: null, source_etag: null, failure_code: null, retried_times: 0 };
    const open = { ...none, outcome: null, started: false };
    expect(new Set(rows)).toEqual(
      new Set([
        {
          ...none,
          id: imported!.runId,
          state: 'success',
          name: 'ports',
          source_etag: '"1"',
          outcome: 'imported',
          started: false,
        },
        {
          ...none,
          id: failed!.runId,
          state: 'failure',
          failure_code: 'source-not-found',
          retried_times: 1,
          outcome: 'failed',
          started: false,
        },
        { ...open, id: started!.runId, state: 'syncing', started: true },
        { ...open, id: untold!.runId, state: 'queued' },
      ]),
    );
  });

  it.each([
    ['start, end', (run: Reference) => [start(run), end(importedEvent(run))]],
    ['end, start', (run: Reference) => [end(importedEvent(run)), start(run)]],
    [
      'start, start, end, end',
      (run: Reference) => [start(run), start(run), end(importedEvent(run)), end(failedEvent(run))],
    ],
  ])('takes start and end of a run together, each once: %s', async (_, news) => {
    const [run] = await openRuns(1);
    const recorded = await recordNews(metadata.database, news(run!));
    expect(recorded.filter((each) => each === 'recorded')).toHaveLength(2);
    expect(
      await metadata.row(
        'SELECT started_at = finished_at AS at_once, deadline_at > started_at AS later, outcome FROM runs',
      ),
    ).toEqual({ at_once: true, later: true, outcome: 'imported' });
    expect((await messages(run!)).slice(0, 3)).toEqual([
      'The first import was requested.',
      'A worker started the run.',
      '2 rows were loaded into the table ports.',
    ]);
  });

  it('changes nothing when it is recorded again, in parts and in another order', async () => {
    const runs = await openRuns(5);
    const news = runs.flatMap((run) => [start(run), end(importedEvent(run))]);
    await recordNews(metadata.database, news);
    const before = await everything();
    const again = await recordNews(metadata.database, [...news].reverse());
    expect(new Set([...again, ...(await recordNews(metadata.database, news.slice(3, 6)))])).toEqual(
      new Set(['nothing']),
    );
    expect(await everything()).toEqual(before);
  });

  it('leaves out runs of synchronizations that are gone, and records the others', async () => {
    const [gone, deleted, alive] = await openRuns(3);
    await metadata.rows('DELETE FROM synchronizations WHERE id = $1', [gone!.synchronizationId]);
    await metadata.rows('UPDATE synchronizations SET deleted_at = now() WHERE id = $1', [
      deleted!.synchronizationId,
    ]);
    const swapped = { ...alive!, synchronizationId: deleted!.synchronizationId };
    expect(
      await recordNews(metadata.database, [
        end(importedEvent(gone!)),
        end(importedEvent(unknownReference())),
        end(failedEvent(swapped)),
        end(importedEvent(deleted!)),
        end(importedEvent(alive!)),
      ]),
    ).toEqual(['nothing', 'nothing', 'nothing', 'cancelled', 'recorded']);
    expect(await Promise.all([deleted!, alive!].map(outcome))).toEqual(['cancelled', 'imported']);
  });

  it.each([
    ['a value that the database cannot hold', { code: 'source-not-found', detail: 'a\0b' } as const],
    ['a failure without a code', { code: '' as 'internal', detail: null }],
  ])('keeps nobody from being recorded by %s', async (_, failure) => {
    await metadata.rows(`ALTER TABLE runs ADD CONSTRAINT code_told CHECK (failure_code <> '')`);
    try {
      const runs = await openRuns(9);
      const bad = runs[4]!;
      const results = await recordApart(
        metadata.database,
        runs.map((run) => (run === bad ? end(failedEvent(run, failure)) : end(importedEvent(run)))),
      );
      expect(results.map((result) => (result instanceof Error ? 'error' : result))).toEqual(
        runs.map((run) => (run === bad ? 'error' : 'recorded')),
      );
      expect(await outcome(bad)).toBeNull();
      expect(await metadata.rows(`SELECT FROM runs WHERE outcome = 'imported'`)).toHaveLength(8);
    } finally {
      await metadata.rows('ALTER TABLE runs DROP CONSTRAINT code_told');
    }
  });

  it('records nothing, and says so, when the database lacks a table', async () => {
    const runs = await openRuns(3);
    await metadata.rows('ALTER TABLE run_log RENAME TO run_log_away');
    const failing = recordApart(
      metadata.database,
      runs.map((run) => end(importedEvent(run))),
    );
    await expect(failing).rejects.toThrow('run_log');
    await metadata.rows('ALTER TABLE run_log_away RENAME TO run_log');
    expect(await Promise.all(runs.map(outcome))).toEqual([null, null, null]);
  });

  it('waits in no circle with others who record the same runs in another order, and counts each once', async () => {
    const runs = await openRuns(60);
    const others: DataSource[] = await Promise.all([1, 2, 3].map(() => connectMetadata(metadata.url, 2)));
    try {
      const orders = [runs, [...runs].reverse(), [...runs.slice(30), ...runs.slice(0, 30)]];
      const results = await Promise.all(
        orders.flatMap((order, at) => [
          recordNews(others[at]!, order.map(start)),
          recordNews(
            others[at]!,
            order.map((run) => end(importedEvent(run))),
          ),
        ]),
      );
      const recorded = results.flat().filter((each) => each === 'recorded').length;
      expect(recorded).toBeGreaterThanOrEqual(60);
      expect(recorded).toBeLessThanOrEqual(120);
      expect(await metadata.rows(`SELECT FROM runs WHERE outcome = 'imported'`)).toHaveLength(60);
      expect(await metadata.rows(`SELECT FROM run_log WHERE message LIKE '%loaded%'`)).toHaveLength(60);
    } finally {
      await Promise.all(others.map((other) => other.destroy()));
    }
  });

  it('tells schedulers once that accounts have room again, and only where something waits for it', async () => {
    const listener = new Client({ connectionString: metadata.url });
    await listener.connect();
    let heard = 0;
    listener.on('notification', () => (heard += 1));
    try {
      const runs = await openRuns(4);
      await listener.query(`LISTEN ${synchronizationDueChannel}`);
      const endAll = (some: Reference[]): Promise<unknown> =>
        recordNews(
          metadata.database,
          some.map((run) => end(importedEvent(run))),
        );
      await endAll(runs.slice(0, 2));
      for (const { synchronizationId } of runs.slice(2)) {
        const { account_id } = await metadata.row<{ account_id: string }>(
          'SELECT account_id FROM synchronizations WHERE id = $1',
          [synchronizationId],
        );
        await insertSynchronization(metadata.database, { account_id, held: true });
      }
      await endAll(runs.slice(2));
      await waitFor(() => heard > 0, { until: 'the schedulers are told' });
      await listener.query('SELECT 1');
      expect(heard).toBe(1);
    } finally {
      await listener.end();
    }
  });
});
