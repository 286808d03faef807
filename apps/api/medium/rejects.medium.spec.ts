import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServerNats } from '@nestjs/microservices';
import {
  listRejectedRowsV1Pattern,
  type ListRejectedRowsV1Reply,
  type ListRejectedRowsV1Request,
} from '@tidetable/contracts';
import { insertRun, insertSynchronization, startNats } from '@tidetable/test-harness';
import { type ApiUnderTest, type Customer, send, startApi } from './api-under-test.js';

let api: ApiUnderTest;
let nats: Awaited<ReturnType<typeof startNats>>;
let importer: ServerNats;
let customer: Customer;
let synchronizationId: string;
let runId: string;
/** What the importer was asked, and what it says: rows of which two fit into an answer. */
const asked: ListRejectedRowsV1Request[] = [];
let kept = 3;

const row = (number: number): ListRejectedRowsV1Reply['rows'][number] => ({
  number,
  line: 10 * number,
  reason: 'text-after-quote',
  sentence: 'There is text after the quote that closes a value.',
  content: `${number},"a"b`,
});

beforeAll(async () => {
  nats = await startNats();
  importer = new ServerNats({ servers: [nats.url] });
  importer.addHandler(listRejectedRowsV1Pattern, async (question: ListRejectedRowsV1Request) => {
    asked.push(question);
    const { after, limit } = question;
    const end = Math.min(kept, after + Math.min(limit, 2));
    const rows = Array.from({ length: Math.max(0, end - after) }, (_, n) => row(after + n + 1));
    return { rejectedRows: kept, keptRows: kept, rows, next: end < kept ? end : null };
  });
  await new Promise<void>((resolve) => void importer.listen(() => resolve()));
  api = await startApi({ NATS_URL: nats.url });
  customer = await api.customer();
  ({ id: synchronizationId } = await insertSynchronization(api.sql, {
    account_id: customer.id,
    state: 'failure',
  }));
  const ended = { finished_at: new Date(), outcome: 'failed', failure_code: 'rows-rejected' };
  await insertRun(api.sql, synchronizationId, { run_number: 1, ...ended });
  ({ id: runId } = await insertRun(api.sql, synchronizationId, { run_number: 2, ...ended }));
  await insertRun(api.sql, synchronizationId, { run_number: 3 });
});

afterAll(async () => {
  await api.stop();
  await importer.close();
  await nats.stop();
});

const path = (id = synchronizationId, run = runId): string => `/synchronizations/${id}/runs/${run}/rejects`;

describe('GET /api/v1/synchronizations/:id/runs/:runId/rejects', () => {
  it('lists the rows page by page', async () => {
    const first = await customer.call('GET', `${path()}?limit=2`);
    expect([first.status, first.json]).toEqual([
      200,
      { run_id: runId, rejected_rows: 3, kept_rows: 3, rejects: [row(1), row(2)], next_after: 2 },
    ]);
    const second = await customer.call('GET', `${path()}/?after=2`);
    expect(second.json).toMatchObject({ rejects: [row(3)], next_after: null });
    expect(asked.slice(-2)).toEqual([
      { runId, after: 0, limit: 2 },
      { runId, after: 2, limit: 100 },
    ]);
  });

  it('knows the last run that ended by the word latest', async () => {
    expect((await customer.call('GET', path(synchronizationId, 'latest'))).json).toMatchObject({
      run_id: runId,
      rejected_rows: 3,
    });
  });

  it.each([
    ['?format=csv', {}],
    ['', { accept: 'text/csv, */*;q=0.1' }],
  ])('gives all of them as CSV, asked with %j and headers %j', async (query, headers) => {
    const mark = query === '' ? '?' : '&';
    const answer = await fetch(
      `http://127.0.0.1:${api.port}/api/v1${path()}${query}${mark}api_key=${customer.key}`,
      {
        headers,
      },
    );
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="rejects-${runId}.csv"`);
    const lines = (await answer.text()).split('\r\n');
    expect(lines).toHaveLength(5);
    expect(lines[3]).toBe(
      '3,30,text-after-quote,"There is text after the quote that closes a value.","3,""a""b"',
    );
  });

  it('is the same for a run that rejected nothing', async () => {
    kept = 0;
    const { status, json } = await customer.call('GET', path());
    kept = 3;
    expect([status, json]).toEqual([
      200,
      { run_id: runId, rejected_rows: 0, kept_rows: 0, rejects: [], next_after: null },
    ]);
  });

  it('is 404 for what is not there, is deleted, or belongs to somebody else, and asks nobody', async () => {
    const stranger = await api.customer();
    const other = await insertSynchronization(api.sql, { account_id: customer.id });
    const deleted = await insertSynchronization(api.sql, { account_id: customer.id, deleted_at: new Date() });
    const { id: deletedRun } = await insertRun(api.sql, deleted.id);
    const before = asked.length;
    const answers = await Promise.all([
      customer.call('GET', path(synchronizationId, randomUUID())),
      customer.call('GET', path(synchronizationId, 'last')),
      customer.call('GET', path(other.id)),
      customer.call('GET', path(other.id, 'latest')),
      customer.call('GET', path(deleted.id, deletedRun)),
      stranger.call('GET', path()),
      stranger.call('GET', path(synchronizationId, 'latest')),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404, 404]);
    expect(new Set(answers.map(({ json }) => JSON.stringify(json)))).toEqual(
      new Set(['{"errors":"There is no such run."}']),
    );
    expect(asked).toHaveLength(before);
    expect((await send(api.port, 'GET', `/api/v1${path()}`)).status).toBe(401);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['after=-1', 'after'],
    ['format=xml', 'format'],
  ])('is 400 with %s', async (query, field) => {
    const { status, json } = await customer.call('GET', `${path()}?${query}`);
    expect([status, json]).toEqual([
      400,
      { errors: expect.stringMatching(new RegExp(`^Invalid ${field}: must be `)) },
    ]);
  });

  it('is 503 with a code while no importer answers', async () => {
    await importer.close();
    const { status, json, headers } = await customer.call('GET', path());
    expect([status, json, headers['retry-after']]).toEqual([
      503,
      { error: 'importers-away', errors: 'No importer answers at the moment. Try again in a few seconds.' },
      '5',
    ]);
  });
});
