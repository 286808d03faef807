import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunClosedV1, runClosedV1Subject } from '@tidetable/contracts';
import { type Bus, connectBus, natsConnectionOptions } from '@tidetable/jetstream';
import { SchedulerClient } from '@tidetable/scheduler-client';
import {
  insertRun,
  insertSynchronization,
  type NatsServer,
  startNats,
  waitFor,
} from '@tidetable/test-harness';
import { randomUUID } from 'node:crypto';
import { recordFinished } from '../src/record/record-finished.js';
import { type RunningScheduler, start } from '../src/start.js';
import {
  environment,
  failedEvent,
  importedEvent,
  type Metadata,
  openMetadata,
  openRun,
  quiet,
  recordStarted,
  type Reference,
  secondsFromNow,
} from './fixture.js';

/** An interval that never comes up within a test: what happens was told, not looked for. */
const neverMs = '3600000';
/** What cancelling may take at most, in milliseconds. */
const timeoutMs = 5_000;

describe('a run that must not go on', () => {
  let metadata: Metadata;
  let nats: NatsServer;
  let bus: Bus;
  let scheduler: RunningScheduler;
  let client: SchedulerClient;
  let told: RunClosedV1[] = [];

  beforeAll(async () => {
    metadata = await openMetadata();
    nats = await startNats();
    bus = await connectBus(nats.url, 'test', quiet);
    bus.connection.subscribe(runClosedV1Subject, {
      callback: (_error, message) => void told.push(message.json<RunClosedV1>()),
    });
    await bus.connection.flush();
    client = SchedulerClient.create(natsConnectionOptions(nats.url), 'test');
    const intervals = { CLAIM_INTERVAL_MS: neverMs, RELAY_INTERVAL_MS: neverMs };
    const settings = environment(metadata.url, nats.url, { ...intervals, RESCUE_INTERVAL_MS: neverMs });
    scheduler = await start(settings, quiet);
  });
  afterEach(async () => {
    await metadata.clear();
    told = [];
  });
  afterAll(async () => {
    await scheduler.stop();
    await client.close();
    await bus.close();
    await nats.stop();
    await metadata.close();
  });

  const states = ['queued', 'syncing'] as const;
  const openRunIn = async (
    state: (typeof states)[number],
    columns: Record<string, unknown> = {},
  ): Promise<Reference> => {
    const { id } = await insertSynchronization(metadata.database, { state, runs_count: 1, ...columns });
    const started_at = state === 'syncing' ? new Date() : null;
    await insertRun(metadata.database, id, { started_at, requested_at: secondsFromNow(-1) });
    return openRun(metadata, id);
  };
  const outcomeOf = async ({ runId }: Reference): Promise<string | null> =>
    (await metadata.row<{ outcome: string | null }>('SELECT outcome FROM runs WHERE id = $1', [runId]))
      .outcome;
  const closes = (run: Reference): Promise<unknown> =>
    waitFor(async () => (await outcomeOf(run)) === 'cancelled', { until: 'the run is closed', timeoutMs });
  const isTold = ({ runId, synchronizationId }: Reference): Promise<unknown> =>
    waitFor(() => told.some((one) => one.runId === runId && one.synchronizationId === synchronizationId), {
      until: 'workers were told',
      timeoutMs,
    });
  const accountOf = async ({ synchronizationId }: Reference): Promise<string> => {
    const sql = 'SELECT account_id AS id FROM synchronizations WHERE id = $1';
    return (await metadata.row<{ id: string }>(sql, [synchronizationId])).id;
  };
  const cancel = async (run: Reference): Promise<string> =>
    client.cancelRun({ ...run, accountId: await accountOf(run) });
  const secondsUntilRun = async (run: Reference): Promise<number> => {
    const sql =
      'SELECT extract(epoch FROM run_at - clock_timestamp())::float AS seconds FROM synchronizations WHERE id = $1';
    return (await metadata.row<{ seconds: number }>(sql, [run.synchronizationId])).seconds;
  };
  const log = async (): Promise<string[]> =>
    (await metadata.rows<{ message: string }>('SELECT message FROM run_log ORDER BY id')).map(
      ({ message }) => message,
    );

  it.each(states)('is cancelled on request while %s, and its workers are told', async (state) => {
    const run = await openRunIn(state, { retried_times: 4, soon_tries: 2, interval_seconds: 7_200 });
    expect(await cancel(run)).toBe('cancelled');
    expect(await outcomeOf(run)).toBe('cancelled');
    await isTold(run);
    expect(
      await metadata.row(
        'SELECT state, failure_code, failure_detail, retried_times, soon_tries, stopped, ran_at = created_at AS unrun FROM synchronizations',
      ),
    ).toEqual({
      ...{ state: 'failure', failure_code: 'run-cancelled', failure_detail: null },
      ...{ retried_times: 4, soon_tries: 0, stopped: false, unrun: true },
    });
    expect(await secondsUntilRun(run)).toBeGreaterThan(0.95 * 7_200 - 60);
    expect((await log()).at(-2)).toBe('The refresh was cancelled on request; the table was left as it was.');
    expect((await log()).at(-1)).toMatch(/^The next attempt is due at /);
  });

  it('is cancelled once, and every question about it has the same answer', async () => {
    const run = await openRunIn('syncing');
    expect(await Promise.all([cancel(run), cancel(run), cancel(run)])).toEqual(Array(3).fill('cancelled'));
    expect(await metadata.rows("SELECT FROM run_log WHERE level = 'warning'")).toHaveLength(1);
    expect(await client.isRunOpen(run.runId)).toBe(false);
  });

  it('is nobody else’s to cancel', async () => {
    const run = await openRunIn('syncing');
    const other = await accountOf(await openRunIn('queued'));
    expect(await client.cancelRun({ ...run, accountId: other })).toBe('unknown');
    expect(await client.cancelRun({ ...run, synchronizationId: randomUUID(), accountId: other })).toBe(
      'unknown',
    );
    expect(await outcomeOf(run)).toBeNull();
  });

  it('is left alone when it has ended, and says so', async () => {
    const run = await openRunIn('syncing');
    const event = importedEvent(run);
    await recordFinished(metadata.database, run, event);
    expect(await cancel(run)).toBe('ended');
    expect(await metadata.row('SELECT state FROM synchronizations')).toEqual({ state: 'success' });
  });

  it.each([importedEvent, failedEvent])(
    'has one end when its worker ends it at the same time',
    async (end) => {
      const run = await openRunIn('syncing');
      const event = end(run);
      const [result] = await Promise.all([cancel(run), recordFinished(metadata.database, run, event)]);
      const outcome = await outcomeOf(run);
      expect([
        ['cancelled', 'cancelled'],
        ['ended', event.outcome],
      ]).toContainEqual([result, outcome]);
    },
  );

  it('does not begin again when its worker tells of it afterwards', async () => {
    const run = await openRunIn('queued');
    await cancel(run);
    const event = importedEvent(run);
    expect(await recordStarted(metadata, run)).toBe(false);
    expect(await recordFinished(metadata.database, run, event)).toBe('nothing');
    expect(await metadata.row('SELECT state, failure_code FROM synchronizations')).toEqual({
      state: 'failure',
      failure_code: 'run-cancelled',
    });
  });

  it('leaves a schedule stopped that had stopped before, and says so', async () => {
    const run = await openRunIn('syncing', { stopped: true, retried_times: 10 });
    await cancel(run);
    expect(await metadata.row('SELECT stopped, retried_times, due_at FROM synchronizations')).toEqual({
      ...{ stopped: true, retried_times: 10, due_at: null },
    });
    expect((await log()).at(-1)).toMatch(/no further attempt until you ask for one\.$/);
  });

  it.each(states)('is closed when its synchronization is deleted while %s', async (state) => {
    const run = await openRunIn(state);
    await metadata.rows('UPDATE synchronizations SET deleted_at = now()');
    expect(await client.isRunOpen(run.runId)).toBe(false);
    await Promise.all([closes(run), isTold(run)]);
    // Or it would count as in flight for as long as its row is kept.
    expect(await metadata.row('SELECT state, due_at FROM synchronizations')).toEqual({
      state: 'failure',
      due_at: null,
    });
  });

  it.each(states)(
    'is closed when another source is given while %s; a new one follows at once',
    async (state) => {
      const run = await openRunIn(state, { retried_times: 3 });
      await metadata.rows(`UPDATE synchronizations SET url = 'http://127.0.0.1:1/others.csv'`);
      expect(await client.isRunOpen(run.runId)).toBe(false);
      await Promise.all([closes(run), isTold(run)]);
      const next = await waitFor(() => openRun(metadata, run.synchronizationId).catch(() => null), {
        timeoutMs,
      });
      expect(next.runNumber).toBe(2);
      expect(await client.describeRun(next.runId)).toMatchObject({
        source: { url: 'http://127.0.0.1:1/others.csv' },
        previous: null,
      });
      expect(await metadata.row('SELECT retried_times FROM synchronizations')).toEqual({ retried_times: 0 });
    },
  );

  it('that ended right before another source was given is followed by a new one, which reads all of it', async () => {
    const run = await openRunIn('syncing');
    await metadata.rows(`UPDATE runs SET requested_at = requested_at - interval '1 minute'`);
    const before = { source_changed_at: 'now()', options_changed_at: 'now()' };
    const set = Object.entries(before).map(([column, value]) => `${column} = ${value}`);
    await metadata.rows(`UPDATE synchronizations SET ${set.join(', ')}`);
    const event = importedEvent(run);
    await recordFinished(metadata.database, run, event);
    expect(await secondsUntilRun(run)).toBeLessThan(11);
    expect(
      await metadata.row('SELECT options_changed_at > imported_at AS anew FROM synchronizations'),
    ).toEqual({
      anew: true,
    });
  });

  it('at rest, another source is due at once, also when the schedule had stopped', async () => {
    await insertSynchronization(metadata.database, {
      ...{ state: 'failure', stopped: true, retried_times: 10, soon_tries: 1 },
    });
    await metadata.rows('UPDATE synchronizations SET url = url');
    expect(await metadata.row('SELECT stopped FROM synchronizations')).toEqual({ stopped: true });
    await metadata.rows(`UPDATE synchronizations SET url = url || '?'`);
    expect(
      await metadata.row(
        'SELECT stopped, retried_times, soon_tries, due_at <= clock_timestamp() AS due FROM synchronizations',
      ),
    ).toEqual({ stopped: false, retried_times: 0, soon_tries: 0, due: true });
  });

  it('goes on when its interval is changed, which counts from its end', async () => {
    const run = await openRunIn('syncing');
    await metadata.rows('UPDATE synchronizations SET interval_seconds = 86400');
    expect(await client.isRunOpen(run.runId)).toBe(true);
    const event = importedEvent(run);
    expect(await recordFinished(metadata.database, run, event)).toBe('recorded');
    expect(await secondsUntilRun(run)).toBeGreaterThan(86_400 - 301);
    expect(told).toEqual([]);
  });

  it.each(states)(
    'is closed when its account is disabled while %s; enabled, it is due by its schedule',
    async (state) => {
      const run = await openRunIn(state, { interval_seconds: 900 });
      const other = await openRunIn(state);
      const account = await accountOf(run);
      await metadata.rows(`UPDATE accounts SET state = 'disabled' WHERE id = $1`, [account]);
      expect(await client.isRunOpen(run.runId)).toBe(false);
      await Promise.all([closes(run), isTold(run)]);
      expect((await log()).at(-1)).toBe(
        'There will be no further attempt until the account is enabled again.',
      );
      expect(await secondsUntilRun(run)).toBeGreaterThan(0.95 * 900 - 60);
      await metadata.rows(`UPDATE accounts SET state = 'active' WHERE id = $1`, [account]);
      expect(
        await metadata.row(
          'SELECT due_at = run_at AS scheduled, stopped FROM synchronizations WHERE id = $1',
          [run.synchronizationId],
        ),
      ).toEqual({ scheduled: true, stopped: false });
      expect(await outcomeOf(other)).toBeNull();
    },
  );
});
