import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { runEventConsumers, type RunStagedV1, runStagedV1Subject } from '@tidetable/contracts';
import { ensureConsumer, publishEvent, streamName, tellRunClosed } from '@tidetable/jetstream';
import type { RunningService } from '@tidetable/service-host';
import { waitFor } from '@tidetable/test-harness';
import type { ImportCheckpoint } from '../src/import-run.js';
import { start } from '../src/start.js';
import { DestinationSessions } from '../src/destination-sessions.js';
import { createImporterWorld, type ImporterWorld, nothingLeft, silent } from './importer-world.js';

let world: ImporterWorld;
/** Those that end with the test. */
let importers: RunningService[] = [];

beforeAll(async () => {
  world = await createImporterWorld();
});

afterEach(async () => {
  await Promise.all(importers.map((importer) => importer.stop()));
  importers = [];
  expect(await world.leftovers()).toEqual(nothingLeft);
});

afterAll(async () => {
  await world.stop();
});

async function startImporter(
  env: Record<string, string> = {},
  checkpoint?: (name: ImportCheckpoint) => Promise<void>,
): Promise<RunningService> {
  const importer = await start(world.environment(env), silent, { checkpoint });
  importers.push(importer);
  return importer;
}

const deliver = (run: RunStagedV1): Promise<void> => publishEvent(world.bus, runStagedV1Subject, run);

/** Every staged file was acknowledged: nothing will be delivered again. */
const allAcknowledged = (): Promise<unknown> =>
  waitFor(
    async () => {
      const { num_pending, num_ack_pending } = await world.bus.manager.consumers.info(
        streamName,
        runEventConsumers[runStagedV1Subject],
      );
      return num_pending === 0 && num_ack_pending === 0;
    },
    { until: 'no staged file is open' },
  );

const valuesIn = (name: string): Promise<number[]> =>
  world.column(`SELECT v FROM demo.${name} ORDER BY cartodb_id`);

describe('the importer', () => {
  it('imports what is staged, several at once, and acknowledges it', async () => {
    await startImporter();
    const runs = await Promise.all(
      [1, 2, 3, 4].map((n) => world.stage(`v\n${n}\n`, { fileName: `at_once_${n}.csv` })),
    );
    await Promise.all(runs.map(deliver));
    for (const [index, run] of runs.entries()) {
      expect(await world.finished(run)).toMatchObject({
        outcome: 'imported',
        source: run.source,
        report: { rows: 1, fetchMs: 5 },
      });
      expect(await valuesIn(`at_once_${index + 1}`)).toEqual([index + 1]);
    }
    await allAcknowledged();
  });

  it('imports what was staged while no importer was there', async () => {
    const run = await world.stage('v\n1\n', { fileName: 'patient.csv' });
    await deliver(run);
    await startImporter();
    expect(await world.finished(run)).toMatchObject({ outcome: 'imported' });
    await allAcknowledged();
  });

  it('says why a file cannot be imported, and does not try again', async () => {
    let copies = 0;
    await startImporter({}, async () => void copies++);
    const run = await world.stage('<html>');
    await deliver(run);
    expect(await world.finished(run)).toMatchObject({
      outcome: 'failed',
      failure: { code: 'file-is-web-page' },
    });
    await allAcknowledged();
    expect(copies).toBe(0);
  });

  it('tries again what it failed itself', async () => {
    let failures = 0;
    await startImporter({}, async (name) => {
      if (name === 'before-swap' && failures++ < 2) throw new Error('the importer is ill');
    });
    const run = await world.stage('v\n1\n', { fileName: 'retried.csv' });
    await deliver(run);
    expect(await world.finished(run)).toMatchObject({ outcome: 'imported' });
    await allAcknowledged();
    expect(failures).toBe(3);
    expect(await valuesIn('retried')).toEqual([1]);
  });

  it('gives up what it failed too often, as an internal failure that leaves nothing', async () => {
    await startImporter({ RETRY_DELAY_MS: '10' }, async (name) => {
      if (name === 'before-swap') throw new Error('the importer is ill');
    });
    const run = await world.stage('v\n1\n', { fileName: 'given_up.csv' });
    await deliver(run);
    expect(await world.finished(run)).toMatchObject({
      outcome: 'failed',
      failure: { code: 'internal', detail: null },
    });
    await allAcknowledged();
    expect(await world.column(`SELECT to_regclass('demo.given_up')`)).toEqual([null]);
  });

  it('does not call a run failed whose table was swapped, however often its importer crashed', async () => {
    const run = await world.stage('v\n1\n', { fileName: 'crashed.csv' });
    const crash = world.import(run, {
      checkpoint: async (name) => {
        if (name === 'after-swap') throw new Error('crash');
      },
    });
    await expect(crash).rejects.toThrow('crash');
    await ensureConsumer(world.bus, runStagedV1Subject, 1_000);
    await deliver(run);
    const consumer = await world.bus.client.consumers.get(streamName, runEventConsumers[runStagedV1Subject]);
    for (let delivery = 1; delivery <= 5; delivery++) (await consumer.next())?.nak();
    await startImporter();
    expect(await world.finished(run)).toMatchObject({
      outcome: 'imported',
      report: { table: 'crashed', rows: 1 },
    });
    await allAcknowledged();
  });

  it('ends an import that takes too long, whatever it waits for, and says so', async () => {
    const first = await world.stage('v\n1\n', { fileName: 'slow.csv' });
    expect(await world.import(first)).toBe('imported');
    const reader = await world.connect();
    await reader.query('BEGIN');
    await reader.query('SELECT FROM demo.slow');
    await startImporter({ IMPORT_TIMEOUT_MS: '700', SWAP_LOCK_TIMEOUT_MS: '60000' });
    const run = await world.stageNext(first, 'v\n2\n');
    await deliver(run);
    expect(await world.finished(run)).toMatchObject({
      outcome: 'failed',
      failure: { code: 'run-timed-out' },
    });
    await reader.query('COMMIT');
    await reader.end();
    await allAcknowledged();
    expect(await valuesIn('slow')).toEqual([1]);
  });

  it('does not leave the database working for an importer that is gone', async () => {
    const gone = new AbortController();
    const sessions = new DestinationSessions(world.environment().DESTINATION_DATABASE_URL);
    const { client, release } = await sessions.open(gone.signal);
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const working = client.query('SELECT pg_sleep(120)');
    gone.abort();
    await expect(working).rejects.toThrow();
    await release();
    await waitFor(
      async () =>
        (await world.sql('SELECT FROM pg_stat_activity WHERE pid = $1', [rows[0]!.pid])).length === 0,
      { until: 'the statement ended' },
    );
  });

  it('drops a run that was closed, without a word', async () => {
    await startImporter();
    const run = await world.stage('v\n1\n', { fileName: 'closed.csv' });
    world.scheduler.close(run.runId);
    await deliver(run);
    await allAcknowledged();
    expect(world.timesFinished(run)).toBe(0);
    expect(await world.column(`SELECT to_regclass('demo.closed')`)).toEqual([null]);
  });

  /** Closes a run as schedulers do: it is no longer open, and all are told. */
  const close = async (run: RunStagedV1): Promise<void> => {
    world.scheduler.close(run.runId);
    tellRunClosed(world.bus, run);
    await world.bus.connection.flush();
  };
  /** The importer is in the middle of a statement that begins like this. */
  const works = (statement: string): Promise<unknown> =>
    waitFor(
      async () =>
        (
          await world.sql(
            `SELECT FROM pg_stat_activity
              WHERE datname = current_database() AND application_name = 'tidetable-importer'
                AND state = 'active' AND query ILIKE $1`,
            [`${statement}%`],
          )
        ).length > 0,
      { until: `the database works at ${statement}` },
    );

  it('ends an import at once that is closed while it loads, and leaves nothing', async () => {
    await startImporter();
    const run = await world.stage(`v\n${'12345678\n'.repeat(3_000_000)}`, { fileName: 'long.csv' });
    await deliver(run);
    await works('COPY');
    await close(run);
    await allAcknowledged();
    expect(world.timesFinished(run)).toBe(0);
    expect(await world.column(`SELECT to_regclass('demo.long')`)).toEqual([null]);
  });

  it.each(['after-copy', 'before-swap'] as const)(
    'ends an import that is closed %s, and leaves the table as it was',
    async (instant) => {
      const name = instant.replace('-', '_');
      const first = await world.stage('v\n1\n', { fileName: `${name}.csv` });
      expect(await world.import(first)).toBe('imported');
      const run = await world.stageNext(first, 'v\n2\n');
      await startImporter({}, async (reached) => {
        if (reached === instant) await close(run);
      });
      await deliver(run);
      await allAcknowledged();
      expect(world.timesFinished(run)).toBe(0);
      expect(await valuesIn(name)).toEqual([1]);
    },
  );

  it.each([
    ['is told', '60000', true],
    ['asks, when nobody could tell it', '100', false],
  ])(
    'ends an import that is closed while it waits for the table: it %s',
    async (how, lockTimeoutMs, isTold) => {
      const name = how.slice(0, 4).trim().replace(' ', '_');
      const first = await world.stage('v\n1\n', { fileName: `${name}.csv` });
      expect(await world.import(first)).toBe('imported');
      const reader = await world.connect();
      await reader.query('BEGIN');
      await reader.query(`SELECT FROM demo.${name}`);
      await startImporter({ SWAP_LOCK_TIMEOUT_MS: lockTimeoutMs, SWAP_PATIENCE_MS: '60000' });
      const run = await world.stageNext(first, 'v\n2\n');
      await deliver(run);
      await works('LOCK');
      if (isTold) await close(run);
      else world.scheduler.close(run.runId);
      await allAcknowledged();
      expect(world.timesFinished(run)).toBe(0);
      await reader.query('COMMIT');
      await reader.end();
      expect(await valuesIn(name)).toEqual([1]);
    },
  );

  it('finishes the import in hand before it stops, and stops twice as well as once', async () => {
    let atSwap = (): void => undefined;
    const reached = new Promise<void>((resolve) => (atSwap = resolve));
    let goOn = (): void => undefined;
    const released = new Promise<void>((resolve) => (goOn = resolve));
    const importer = await startImporter({}, async (name) => {
      if (name !== 'before-swap') return;
      atSwap();
      await released;
    });
    const run = await world.stage('v\n1\n', { fileName: 'last.csv' });
    await deliver(run);
    await reached;
    const stopped = Promise.all([importer.stop(), importer.stop()]);
    goOn();
    await stopped;
    expect(await world.finished(run)).toMatchObject({ outcome: 'imported' });
    await allAcknowledged();
  });

  it('sweeps what a run that is over has left, when it starts', async () => {
    const run = await world.stage('v\n1\n');
    const crash = world.import(run, {
      checkpoint: async () => {
        throw new Error('crash');
      },
    });
    await expect(crash).rejects.toThrow('crash');
    world.scheduler.close(run.runId);
    await world.store.remove(run.file.uri);
    expect((await world.leftovers()).relations).not.toEqual([]);
    await startImporter();
    await waitFor(async () => (await world.leftovers()).relations.length === 0, {
      until: 'the table is swept',
    });
  });

  it('lets several importers share the work, and none of it is done twice', async () => {
    const swapped: string[] = [];
    const count = async (name: ImportCheckpoint): Promise<void> => {
      if (name === 'after-swap') swapped.push(name);
    };
    await Promise.all([startImporter({}, count), startImporter({}, count)]);
    const runs = await Promise.all(
      Array.from({ length: 8 }, (_, n) => world.stage(`v\n${n}\n`, { fileName: `shared_${n}.csv` })),
    );
    await Promise.all(runs.map(deliver));
    for (const run of runs) expect(await world.finished(run)).toMatchObject({ outcome: 'imported' });
    await allAcknowledged();
    expect(swapped).toHaveLength(8);
  });
});
