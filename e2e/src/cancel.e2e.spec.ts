import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { natsConnectionOptions } from '@tidetable/jetstream';
import { SchedulerClient } from '@tidetable/scheduler-client';
import { waitFor } from '@tidetable/test-harness';
import { type Customer, customerOf } from './client.js';
import type { ServiceProcess } from './service-process.js';
import { startSystem, type System } from './system.js';

/** From the wish to the end of everything that the run had made, in milliseconds. */
const endsWithinMs = 5_000;

const small = (version: number): string => `v\n${version}\n`;
const large = (): string => `v\n${'12345678\n'.repeat(4_000_000)}`;

interface Refresh {
  readonly id: string;
  readonly runId: string;
  readonly table: string;
}

describe('a run that must not go on', () => {
  let system: System;
  let customer: Customer;
  let scheduler: SchedulerClient;
  let fetcher: ServiceProcess;
  let accountId: string;
  let files = 0;

  beforeAll(async () => {
    system = await startSystem();
    customer = customerOf(system);
    scheduler = SchedulerClient.create(natsConnectionOptions(system.stack.natsUrl), 'e2e');
    accountId = (await one<{ id: string }>('SELECT id FROM accounts')).id;
    for (const name of ['api', 'scheduler', 'importer'] as const) await system.start(name);
    fetcher = await system.start('fetcher');
  });
  afterAll(async () => {
    await scheduler.close();
    await system.stop();
  });

  /** The first row; a test waits for it where it may be missing. */
  const one = async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row> =>
    (await system.metadata.query<Row>(sql, values)).rows[0]!;
  const valuesOf = async (table: string): Promise<number[]> =>
    (await system.destination.query<{ v: number }>(`SELECT v FROM demo.${table}`)).rows.map(({ v }) => v);
  /** The importer works at a statement that begins like this. */
  const importerWorksAt = (statement: string): Promise<unknown> =>
    waitFor(
      async () =>
        (
          await system.destination.query(
            `SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
                AND application_name = 'tidetable-importer' AND query LIKE $1`,
            [`${statement}%`],
          )
        ).rows.length > 0,
      { until: `the importer works at ${statement}`, timeoutMs: 20_000 },
    );
  /** A table with one row, and a refresh of it that was asked for; `change` says what the source does then. */
  const refreshing = async (change: (file: string) => void | Promise<void>): Promise<Refresh> => {
    files += 1;
    const [file, table] = [`/cancelled-${files}.csv`, `cancelled_${files}`];
    system.origin.serveFile(file, small(1), { etag: '"1"' });
    const { id } = await customer.create({ url: system.origin.url(file), interval: 3600 });
    await customer.settled(id, 'success');
    await change(file);
    await waitFor(async () => (await customer.syncNow(id)).enqueued);
    const sql = 'SELECT id FROM runs WHERE synchronization_id = $1 AND outcome IS NULL';
    const { id: runId } = await waitFor(async () => (await one<{ id: string }>(sql, [id])) ?? null);
    return { id, runId, table };
  };
  const hangs = (file: string): void =>
    system.origin.respond(file, { body: () => [small(2)], hang: 'after-body' });
  const downloads = async ({ id }: Refresh): Promise<void> => {
    await waitFor(async () => (await customer.show(id)).state === 'syncing', { timeoutMs: 10_000 });
  };
  const nothingLeft = async (): Promise<void> => {
    const left = async (): Promise<object> => ({
      files: await system.stagedFiles(),
      tables: await system.stagingTables(),
      messages: (await system.bus()).messages,
      runs: (await one<{ n: number }>('SELECT count(*)::int AS n FROM runs WHERE outcome IS NULL')).n,
    });
    const nothing = { files: [], tables: [], messages: 0, runs: 0 };
    const isEmpty = async (): Promise<boolean> => JSON.stringify(await left()) === JSON.stringify(nothing);
    await waitFor(isEmpty, { timeoutMs: endsWithinMs }).catch(() => undefined);
    expect(await left()).toEqual(nothing);
  };
  const cancel = ({ id, runId }: Refresh): Promise<string> =>
    scheduler.cancelRun({ accountId, synchronizationId: id, runId });
  const endOf = async ({ runId }: Refresh): Promise<{ outcome: string | null; started: boolean }> =>
    one('SELECT outcome, started_at IS NOT NULL AS started FROM runs WHERE id = $1', [runId]);

  it.each<[string, (file: string) => void, (refresh: Refresh) => Promise<unknown>]>([
    ['downloads', hangs, downloads],
    [
      'loads',
      (file) => system.origin.serveFile(file, large(), { etag: '"2"' }),
      () => importerWorksAt('COPY'),
    ],
  ])(
    'cancelled while it %s ends within five seconds and leaves the table as it was',
    async (_at, change, is) => {
      const refresh = await refreshing(change);
      await is(refresh);
      expect(await cancel(refresh)).toBe('cancelled');
      await nothingLeft();
      expect(await customer.show(refresh.id)).toMatchObject({
        ...{ state: 'failure', retried_times: 0, etag: '1' },
        error_message: expect.stringMatching(/^The refresh was cancelled/),
      });
      expect(await valuesOf(refresh.table)).toEqual([1]);
    },
  );

  it('cancelled right before the swap, which waits for readers, leaves the table as it was', async () => {
    const reader = await system.destination.connect();
    const refresh = await refreshing(async (file) => {
      system.origin.serveFile(file, small(2), { etag: '"2"' });
      await reader.query('BEGIN');
      await reader.query(`SELECT FROM demo.${file.slice(1, -4).replace('-', '_')}`);
    });
    await importerWorksAt('LOCK TABLE');
    expect(await cancel(refresh)).toBe('cancelled');
    await nothingLeft();
    await reader.query('COMMIT');
    reader.release();
    expect(await valuesOf(refresh.table)).toEqual([1]);
  });

  it('deleted while it downloads leaves nothing but the table', async () => {
    const refresh = await refreshing(hangs);
    await downloads(refresh);
    await customer.remove(refresh.id);
    await nothingLeft();
    expect(await endOf(refresh)).toEqual({ outcome: 'cancelled', started: true });
    expect(await valuesOf(refresh.table)).toEqual([1]);
  });

  it('given another source while it downloads makes way for one that brings it', async () => {
    const refresh = await refreshing(hangs);
    await downloads(refresh);
    system.origin.serveFile('/other.csv', small(3), { etag: '"other"' });
    const other = [refresh.id, system.origin.url('/other.csv')];
    await system.metadata.query('UPDATE synchronizations SET url = $2 WHERE id = $1', other);
    await waitFor(async () => (await customer.show(refresh.id)).etag === 'other', { timeoutMs: 10_000 });
    await nothingLeft();
    expect(await endOf(refresh)).toEqual({ outcome: 'cancelled', started: true });
    expect(await valuesOf(refresh.table)).toEqual([3]);
  });

  it('of an account that is disabled while it downloads ends, and runs again by its schedule', async () => {
    const refresh = await refreshing(hangs);
    await downloads(refresh);
    await system.metadata.query(`UPDATE accounts SET state = 'disabled'`);
    await nothingLeft();
    await system.metadata.query(`UPDATE accounts SET state = 'active'`);
    expect(await endOf(refresh)).toEqual({ outcome: 'cancelled', started: true });
    const { run_at: runAt } = await customer.show(refresh.id);
    expect(Date.parse(runAt) - Date.now()).toBeGreaterThan(3_000_000);
  });

  it('cancelled while no worker holds it never starts', async () => {
    const refresh = await refreshing(async (file) => {
      system.origin.serveFile(file, small(2), { etag: '"2"' });
      await fetcher.stop();
    });
    expect(await cancel(refresh)).toBe('cancelled');
    await system.start('fetcher');
    await nothingLeft();
    expect(await endOf(refresh)).toEqual({ outcome: 'cancelled', started: false });
    expect(await valuesOf(refresh.table)).toEqual([1]);
  });
});
