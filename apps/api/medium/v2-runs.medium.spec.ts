import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertRun, insertSynchronization } from '@tidetable/test-harness';
import { pageSchema } from '../src/v2/list-fields.js';
import { logEntrySchema, runSchema, runSummarySchema } from '../src/v2/runs/run-schema.js';
import { type ApiUnderTest, startApi } from './api-under-test.js';
import { read, v2Customer, type V2Customer } from './v2-world.js';

const runPage = pageSchema(runSummarySchema);
const logPage = pageSchema(logEntrySchema);

let api: ApiUnderTest;
let customer: V2Customer;
let other: V2Customer;
let path: string;
const ids: string[] = [];

const report = (rows: number): object => ({
  schema: 'demo',
  table: 'ports',
  rows,
  rejectedRows: 2,
  columns: [
    { name: 'cartodb_id', type: 'bigint', header: null },
    { name: 'opened', type: 'date', header: 'Opened', why: 'All values are dates.' },
  ],
  geometries: null,
  warnings: ['2 rows were rejected.'],
  fetchMs: 10,
  loadMs: 20.5,
  indexMs: 3,
  swapMs: 1,
});
const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

/** In order of their numbers, from 1. */
const runs: Record<string, unknown>[] = [
  {
    trigger: 'created',
    outcome: 'imported',
    report: report(100),
    source_sha256: '0'.repeat(64),
    source_bytes: 5,
  },
  { trigger: 'schedule', outcome: 'unchanged', unchanged_by: 'validator' },
  {
    trigger: 'schedule',
    outcome: 'failed',
    failure_code: 'source-not-found',
    failure_detail: 'HTTP status 404',
  },
  {
    trigger: 'manual',
    outcome: 'imported',
    report: report(90),
    source_sha256: '1'.repeat(64),
    source_bytes: 6,
  },
  { trigger: 'schedule', outcome: 'cancelled' },
  { trigger: 'schedule' },
];

beforeAll(async () => {
  api = await startApi();
  customer = await v2Customer(api);
  other = await v2Customer(api);
  const { id } = await insertSynchronization(api.sql, { account_id: customer.id, state: 'syncing' });
  await insertSynchronization(api.sql, { account_id: customer.id });
  path = `/synchronizations/${id}`;
  for (const [index, columns] of runs.entries()) {
    const ended = columns['outcome'] === undefined ? {} : { finished_at: at(index + 5) };
    const run = await insertRun(api.sql, id, {
      run_number: index + 1,
      requested_at: at(index),
      started_at: at(index + 1),
      ...ended,
      ...columns,
    });
    ids.push(run.id);
    for (const message of ['It began.', 'It ended.']) {
      await api.sql.query(
        `INSERT INTO run_log (log_id, run_id, level, message)
         SELECT log_id, $2, 'info', $3 FROM synchronizations WHERE id = $1`,
        [id, run.id, `${message} ${index + 1}`],
      );
    }
  }
});
afterAll(() => api.stop());

describe('the runs of a synchronization', () => {
  it('are listed with the latest first, page by page', async () => {
    const numbers: number[] = [];
    let next: string | null = `${path}/runs?limit=4`;
    for (let pages = 0; next !== null && pages < 5; pages += 1) {
      const page: { items: { number: number }[]; next: string | null } = read(
        runPage,
        await customer.call('GET', next),
      );
      numbers.push(...page.items.map(({ number }) => number));
      next = page.next?.replace('/api/v2', '') ?? null;
    }
    expect(numbers).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it('are listed by their outcome', async () => {
    const { items } = read(runPage, await customer.call('GET', `${path}/runs?outcome=imported`));
    expect(items.map(({ number }) => number)).toEqual([4, 1]);
  });

  it('say what was done, how long each part took, and what came of it', async () => {
    const run = read(runSchema, await customer.call('GET', `${path}/runs/${ids[3] ?? ''}`));
    expect(run).toMatchObject({
      number: 4,
      trigger: 'manual',
      state: 'ended',
      outcome: 'imported',
      requested_at: '2026-01-01T00:00:03.000Z',
      timings: { queued_ms: 1_000, fetch_ms: 10, load_ms: 20.5, index_ms: 3, swap_ms: 1, total_ms: 5_000 },
      source: { sha256: '1'.repeat(64), bytes: 6 },
      table: { schema: 'demo', name: 'ports' },
      rows: 90,
      rows_before: 100,
      rejected_rows: 2,
      columns: [
        { name: 'cartodb_id', type: 'bigint', header: null, why: null },
        { name: 'opened', type: 'date', header: 'Opened', why: 'All values are dates.' },
      ],
      warnings: ['2 rows were rejected.'],
    });
    expect((await customer.call('GET', run.links.log.replace('/api/v2', ''))).status).toBe(200);
    // Without the bus the api finds the run and no importer: anything else would be a 404.
    const headers = { authorization: `Bearer ${customer.key}` };
    expect((await api.call('GET', run.links.rejects, { headers })).status).toBe(503);
  });

  it('say why they failed, and what said that nothing had changed', async () => {
    const failed = read(runSchema, await customer.call('GET', `${path}/runs/${ids[2] ?? ''}`));
    expect(failed).toMatchObject({
      outcome: 'failed',
      failure: {
        type: '/problems/source-not-found',
        code: 'source-not-found',
        detail: 'HTTP status 404',
        remedy: expect.stringMatching(/./),
      },
      rows: null,
      columns: [],
    });
    const unchanged = read(runSchema, await customer.call('GET', `${path}/runs/${ids[1] ?? ''}`));
    expect(unchanged).toMatchObject({ outcome: 'unchanged', unchanged_by: 'validator', failure: null });
    const open = read(runSchema, await customer.call('GET', `${path}/runs/${ids[5] ?? ''}`));
    expect(open).toMatchObject({ state: 'running', outcome: null, finished_at: null });
  });

  it('have a log of their own, and one together, which can be followed', async () => {
    const own = read(logPage, await customer.call('GET', `${path}/runs/${ids[1] ?? ''}/log`));
    expect(own.items.map(({ message }) => message)).toEqual(['It began. 2', 'It ended. 2']);
    const all = read(logPage, await customer.call('GET', `${path}/log?limit=10`));
    expect(all.items).toHaveLength(10);
    const rest = read(logPage, await customer.call('GET', all.next!.replace('/api/v2', '')));
    expect(rest.items.map(({ message }) => message)).toEqual(['It began. 6', 'It ended. 6']);
    const after = read(
      logPage,
      await customer.call('GET', `${path}/log?after=${all.items.at(-1)?.id ?? ''}`),
    );
    expect(after.items).toEqual(rest.items);
  });

  it.each([
    ['the list', () => `${path}/runs`],
    ['a run', () => `${path}/runs/${ids[0] ?? ''}`],
    ['its log', () => `${path}/runs/${ids[0] ?? ''}/log`],
    ['the log', () => `${path}/log`],
  ])('are not there for others: %s', async (_, address) => {
    expect((await customer.call('GET', address())).status).toBe(200);
    const answer = await other.call('GET', address());
    expect(answer).toMatchObject({ status: 404, json: { type: '/problems/not-found' } });
  });

  it.each([
    ['an outcome', 'runs?outcome=won', 'parameters-invalid'],
    ['a place', 'runs?cursor=WzFd', 'cursor-invalid'],
    ['a line', 'log?after=x', 'parameters-invalid'],
  ])('refuse %s that cannot be', async (_, below, code) => {
    expect(await customer.call('GET', `${path}/${below}`)).toMatchObject({
      status: 400,
      json: { type: `/problems/${code}` },
    });
  });
});
