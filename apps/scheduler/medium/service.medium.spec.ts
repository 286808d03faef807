import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { runFinishedV1Subject, runRequestedV1Subject, runStartedV1Subject } from '@tidetable/contracts';
import {
  type Bus,
  connectBus,
  consumeEvents,
  type Consumption,
  ensureStream,
  publishEvent,
  streamName,
} from '@tidetable/jetstream';
import { synchronizationDueChannel } from '@tidetable/metadata-db';
import { freePort } from '@tidetable/local-stack';
import { insertSynchronization, type NatsServer, startNats, waitFor } from '@tidetable/test-harness';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { SchedulerCheckpoint } from '../src/scheduler-context.js';
import { type RunningScheduler, start } from '../src/start.js';
import {
  environment,
  failedEvent,
  importedEvent,
  type Metadata,
  openMetadata,
  quiet,
  type Reference,
  startedEvent,
} from './fixture.js';

/** An interval that never comes up within a test. */
const neverMs = '3600000';

describe('the scheduler', () => {
  let metadata: Metadata;
  let nats: NatsServer;
  let bus: Bus;
  let worker: Consumption | undefined;
  let schedulers: RunningScheduler[] = [];
  let requested: Reference[] = [];

  beforeAll(async () => {
    metadata = await openMetadata();
    nats = await startNats();
    bus = await connectBus(nats.url, 'test', quiet);
  });
  beforeEach(async () => {
    await metadata.clear();
    await waitFor(() => ensureStream(bus).then(() => bus.manager.streams.purge(streamName)), {
      until: 'the stream is empty',
    });
    requested = [];
  });
  afterEach(async () => {
    await worker?.stop(0);
    worker = undefined;
    await Promise.all(schedulers.map((scheduler) => scheduler.stop()));
    schedulers = [];
  });
  afterAll(async () => {
    await bus.close();
    await nats.stop();
    await metadata.close();
  });

  const startScheduler = async (overrides: Record<string, string> = {}): Promise<RunningScheduler> => {
    const scheduler = await start(environment(metadata.url, nats.url, overrides), quiet);
    schedulers.push(scheduler);
    return scheduler;
  };
  /** A worker that does nothing but tell what became of each run. */
  const startWorker = async (fails = false): Promise<void> => {
    // A bus that has just come back may not have the stream yet.
    await waitFor(() => ensureStream(bus).then(() => true), { until: 'the stream is there' });
    worker = await consumeEvents(bus, runRequestedV1Subject, {
      concurrency: 4,
      ackWaitMs: 5_000,
      deliveriesMax: 100,
      retryDelayMs: () => 100,
      exhausted: async () => undefined,
      handle: async ({ runId, synchronizationId, runNumber }) => {
        const reference = { runId, synchronizationId, runNumber };
        requested.push(reference);
        await publishEvent(bus, runStartedV1Subject, startedEvent(reference));
        await publishEvent(
          bus,
          runFinishedV1Subject,
          fails ? failedEvent(reference) : importedEvent(reference),
        );
      },
    });
  };
  const state = async (id: string): Promise<string> =>
    (await metadata.row<{ state: string }>('SELECT state FROM synchronizations WHERE id = $1', [id])).state;
  const becomes = (id: string, wanted: string): Promise<boolean> =>
    waitFor(async () => (await state(id)) === wanted, {
      until: `the synchronization is ${wanted}`,
      timeoutMs: 20_000,
    });
  const notify = (): Promise<unknown> =>
    metadata.rows(`SELECT pg_notify('${synchronizationDueChannel}', '')`);

  it('takes a synchronization all the way from created to success', async () => {
    await startWorker();
    await startScheduler();
    const { id } = await insertSynchronization(metadata.database);
    await becomes(id, 'success');
    expect(requested).toHaveLength(1);
    expect(await metadata.rows('SELECT outcome FROM runs')).toEqual([{ outcome: 'imported' }]);
    expect(await metadata.rows(`SELECT message FROM run_log WHERE message LIKE '%loaded%'`)).toEqual([
      { message: '2 rows were loaded into the table ports.' },
    ]);
  });

  it('says on /readyz whether database and bus are there', async () => {
    const { healthPort } = await startScheduler();
    const readiness = (): Promise<unknown> =>
      fetch(`http://127.0.0.1:${healthPort}/readyz`).then((response) => response.json());
    expect(await readiness()).toEqual({ ready: true, checks: { database: 'ok', bus: 'ok' } });
    await nats.kill();
    expect(await readiness()).toEqual({ ready: false, checks: { database: 'ok', bus: 'failing' } });
    await nats.restart();
    await waitFor(async () => ((await readiness()) as { ready: boolean }).ready, {
      until: 'it is ready again',
    });
  });

  it('starts what it is told about at once, and not at its next look', async () => {
    await startWorker();
    await startScheduler({ CLAIM_INTERVAL_MS: neverMs, RELAY_INTERVAL_MS: neverMs });
    const { id } = await insertSynchronization(metadata.database);
    await notify();
    await becomes(id, 'success');

    await metadata.rows(`UPDATE synchronizations SET sync_requested_at = clock_timestamp() WHERE id = $1`, [
      id,
    ]);
    await notify();
    await waitFor(() => requested.length === 2, { until: 'the refresh by hand was requested' });
    await becomes(id, 'success');
  });

  it('hears again after its connection to the database was cut, and missed nothing meanwhile', async () => {
    await startWorker();
    await startScheduler({ CLAIM_INTERVAL_MS: neverMs, RELAY_INTERVAL_MS: neverMs });
    const first = await insertSynchronization(metadata.database);
    await notify();
    await becomes(first.id, 'success');
    await metadata.rows(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'tidetable-listener'`,
    );
    const missed = await insertSynchronization(metadata.database);
    await becomes(missed.id, 'success');
    const heard = await insertSynchronization(metadata.database);
    await notify();
    await becomes(heard.id, 'success');
  });

  it('carries on after the database went away and came back', async () => {
    await startWorker();
    const { healthPort } = await startScheduler();
    const name = new URL(metadata.url).pathname.slice(1);
    const away = await openMetadata();
    const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`;
    await away.rows(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await away.rows(cut);
    const ready = async (): Promise<boolean> =>
      (await fetch(`http://127.0.0.1:${healthPort}/readyz`)).status === 200;
    await waitFor(async () => !(await ready()), { until: 'the scheduler notices' });
    await away.rows(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await away.close();
    await waitFor(ready, { until: 'the scheduler is ready again' });
    const { id } = await insertSynchronization(metadata.database);
    await becomes(id, 'success');
  });

  it('records what a worker told while the database was away', async () => {
    await startScheduler();
    const { id } = await insertSynchronization(metadata.database);
    await becomes(id, 'queued');
    await metadata.rows('ALTER TABLE run_log RENAME TO run_log_away');
    await startWorker();
    await waitFor(() => requested.length === 1, { until: 'the worker has told the end of the run' });
    await metadata.rows('ALTER TABLE run_log_away RENAME TO run_log');
    await becomes(id, 'success');
  });

  it('keeps events while NATS is down and publishes them when it is back', async () => {
    await startWorker();
    await startScheduler();
    await nats.kill();
    const { id } = await insertSynchronization(metadata.database);
    await becomes(id, 'queued');
    expect(await metadata.rows('SELECT FROM outbox')).toHaveLength(1);
    await nats.restart();
    await becomes(id, 'success');
    expect(await metadata.rows('SELECT FROM outbox')).toHaveLength(0);
  });

  it('brings every run to its end when NATS lost all that it stored', async () => {
    await startScheduler();
    const { id } = await insertSynchronization(metadata.database);
    await waitFor(
      async () => (await state(id)) === 'queued' && (await metadata.rows('SELECT FROM outbox')).length === 0,
      { until: 'the event is on the bus alone' },
    );
    await nats.restart({ emptied: true });
    await startWorker();
    await becomes(id, 'success');
  });

  it('claims nothing more while the outbox is full', async () => {
    await nats.kill();
    for (let at = 0; at < 12; at += 1) await insertSynchronization(metadata.database);
    const starting = startScheduler({ CLAIM_BATCH: '5', OUTBOX_MESSAGES_MAX: '5' });
    await nats.restart();
    await starting;
    await nats.kill();
    const waiting = async (): Promise<number> => (await metadata.rows('SELECT FROM outbox')).length;
    expect(await waiting()).toBeLessThanOrEqual(9);
    await nats.restart();
    await waitFor(
      async () => (await waiting()) === 0 && (await metadata.rows('SELECT FROM runs')).length === 12,
      {
        until: 'all are claimed and announced',
        timeoutMs: 30_000,
      },
    );
  });

  it('runs side by side with others without a run too many', async () => {
    await startWorker();
    await Promise.all([startScheduler(), startScheduler(), startScheduler()]);
    const { accountId } = await insertSynchronization(metadata.database);
    await metadata.rows(
      `INSERT INTO synchronizations (account_id, url, interval_seconds, run_at)
       SELECT $1, 'http://127.0.0.1:1/', 3600, now() FROM generate_series(1, 199)`,
      [accountId],
    );
    await notify();
    await waitFor(
      async () =>
        (await metadata.rows(`SELECT FROM synchronizations WHERE state = 'success'`)).length === 200,
      { until: 'all are in step', timeoutMs: 30_000 },
    );
    expect(requested).toHaveLength(200);
    expect(new Set(requested.map(({ synchronizationId }) => synchronizationId)).size).toBe(200);
    expect(await metadata.rows('SELECT FROM runs')).toHaveLength(200);
  });

  it('closes a run that nobody ends', async () => {
    await startScheduler({ RUN_DEADLINE_SECONDS: '1' });
    const { id } = await insertSynchronization(metadata.database);
    await becomes(id, 'failure');
    expect(await metadata.row('SELECT failure_code FROM synchronizations')).toEqual({
      failure_code: 'run-lost',
    });
  });

  it('stops although somebody asks it to twice, and leaves no connection behind', async () => {
    const scheduler = await startScheduler();
    await Promise.all([scheduler.stop(), scheduler.stop()]);
    const left = await metadata.rows(
      `SELECT application_name FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'tidetable-listener'`,
    );
    expect(left).toEqual([]);
  });

  it('is a process that ends well on SIGTERM and says what its environment lacks', async () => {
    const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
    const healthPort = await freePort();
    const env = { METADATA_DATABASE_URL: metadata.url, NATS_URL: nats.url, HEALTH_PORT: String(healthPort) };
    const process = spawn(globalThis.process.execPath, [main], { env, stdio: 'ignore' });
    const exit = once(process, 'exit');
    await waitFor(async () => (await fetch(`http://127.0.0.1:${healthPort}/readyz`)).status === 200, {
      until: 'the process is ready',
    });
    process.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);

    const lacking = spawn(globalThis.process.execPath, [main], { env: { NATS_URL: 'x' } });
    const [code, told] = await Promise.all([once(lacking, 'exit'), text(lacking.stderr)]);
    expect(code).toEqual([1, null]);
    expect(told).toMatch(/METADATA_DATABASE_URL is not set .*\n.*NATS_URL is not valid/);
  });

  it.each<SchedulerCheckpoint>(['after-claim', 'after-relay', 'before-record', 'after-record'])(
    'ends a run exactly once although it is killed %s',
    async (checkpoint) => {
      await startWorker(true);
      const { id } = await insertSynchronization(metadata.database);
      const script = fileURLToPath(new URL('./start-and-crash.mjs', import.meta.url));
      const crashing = spawn(process.execPath, [script, checkpoint], {
        env: { ...process.env, METADATA_DATABASE_URL: metadata.url, NATS_URL: nats.url, HEALTH_PORT: '0' },
        stdio: 'ignore',
      });
      const [, signal] = (await once(crashing, 'exit')) as [number | null, NodeJS.Signals | null];
      expect(signal).toBe('SIGKILL');
      await startScheduler();
      await becomes(id, 'failure');
      expect(requested).toHaveLength(1);
      expect(await metadata.rows('SELECT run_number, outcome FROM runs')).toEqual([
        { run_number: 1, outcome: 'failed' },
      ]);
      expect(await metadata.row('SELECT runs_count, retried_times FROM synchronizations')).toEqual({
        runs_count: 1,
        retried_times: 1,
      });
      expect(await metadata.rows(`SELECT FROM run_log WHERE level = 'error'`)).toHaveLength(1);
    },
  );
});
