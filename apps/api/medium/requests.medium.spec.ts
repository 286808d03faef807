import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertRun, insertSynchronization } from '@tidetable/test-harness';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type ApiUnderTest, type Customer, startApi } from './api-under-test.js';

let api: ApiUnderTest;
let customer: Customer;

beforeAll(async () => {
  api = await startApi();
  customer = await api.customer();
});
afterAll(() => api.stop());

describe('a request that cannot be answered', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/api/v1/nothing'],
    ['GET', '/api/v3/synchronizations'],
    ['PATCH', '/api/v1/synchronizations'],
    ['DELETE', '/api/v1/synchronizations'],
    ['POST', '/api/v1/imports/00000000-0000-4000-8000-000000000000'],
  ])('%s %s is a 404 that does not repeat its URL', async (method, path) => {
    const { status, json } = await api.call(method, `${path}?api_key=${customer.key}`);
    expect([status, json]).toEqual([404, { errors: 'There is nothing at this address.' }]);
  });

  it.each([
    ['broken JSON', '{"url":', 'Invalid body: must be well-formed JSON.'],
    ['a list', '[]', 'Invalid body: must be a JSON object.'],
    ['a word', '"url"', 'Invalid body: must be a JSON object.'],
  ])('with %s is a 400', async (_, body, errors) => {
    const headers = { 'content-type': 'application/json' };
    const { status, json } = await customer.call('POST', '/synchronizations', { body, headers });
    expect([status, json]).toEqual([400, { errors }]);
  });

  it('with an address that cannot be decoded is a 400', async () => {
    const { status, json } = await customer.call('GET', '/synchronizations/%ZZ');
    expect([status, json]).toEqual([400, { errors: 'The request could not be understood.' }]);
  });

  it('with a content type that is none is a 415', async () => {
    const { status, json } = await customer.call('POST', '/synchronizations', {
      body: '{}',
      headers: { 'content-type': 'json' },
    });
    expect([status, json]).toEqual([415, { errors: 'The Content-Type header could not be understood.' }]);
  });

  it('with a body over 1 MiB is a 413, and one of exactly 1 MiB is read', async () => {
    const body = (bytes: number): string => `{"client":"${'a'.repeat(bytes - 13)}"}`;
    const post = (bytes: number) => customer.call('POST', '/synchronizations', { body: body(bytes) });
    const tooLarge = await post(1_048_577);
    expect([tooLarge.status, tooLarge.json]).toEqual([413, { errors: 'The body is larger than 1 MiB.' }]);
    expect((await post(1_048_576)).status).toBe(400);
  });

  it.each([
    ['is not HTTP', 'GET\r\n\r\n', 400],
    ['has more headers than fit', `GET /livez HTTP/1.1\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ])('because it %s is answered in the same form', async (_, text, status) => {
    const socket = connect(api.port, '127.0.0.1').setEncoding('utf8');
    let received = '';
    socket.on('data', (chunk: string) => (received += chunk)).end(text);
    await once(socket, 'close');
    expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(received.split('\r\n\r\n')[1] ?? '')).toEqual({ errors: expect.any(String) });
  });

  it('does not smuggle anything in through __proto__', async () => {
    const body = `{"__proto__":{"url":"https://example.org/a.csv"},"constructor":{"prototype":{"url":"x"}}}`;
    const { status, json } = await customer.call('POST', '/synchronizations', { body });
    expect([status, json]).toEqual([400, { errors: expect.stringMatching(/^Invalid url: /) }]);
  });
});

describe('every answer', () => {
  it('is JSON, is not kept by caches, and carries the id of its request', async () => {
    for (const path of ['/livez', '/api/v1/synchronizations', '/nothing']) {
      expect((await api.call('GET', path)).headers).toMatchObject({
        'content-type': expect.stringContaining('application/json'),
        'cache-control': 'no-store',
        'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
    }
  });
});

describe('GET /api/v1/imports/:item_queue_id', () => {
  it('follows the first run from its creation to its end', async () => {
    const { json } = await customer.call('POST', '/synchronizations', {
      body: { url: 'https://example.org/ports.csv' },
    });
    const created = json as { id: string; data_import: { item_queue_id: string } };
    const runId = created.data_import.item_queue_id;
    const look = async (): Promise<unknown> => (await customer.call('GET', `/imports/${runId}/`)).json;
    expect(await look()).toMatchObject({
      id: runId,
      synchronization_id: created.id,
      state: 'enqueued',
      user_id: customer.id,
    });
    await insertRun(api.sql, created.id, { id: runId, trigger: 'created' });
    expect(await look()).toMatchObject({ state: 'pending' });
    await api.sql.query('UPDATE runs SET started_at = now() WHERE id = $1', [runId]);
    expect(await look()).toMatchObject({ state: 'importing' });
    await api.sql.query(
      "UPDATE runs SET outcome = 'imported', finished_at = now(), report = $2 WHERE id = $1",
      [runId, JSON.stringify({ table: 'ports', warnings: [] })],
    );
    expect(await look()).toMatchObject({
      state: 'complete',
      success: true,
      table_name: 'ports',
      error_code: null,
    });
  });

  it('tells why the first run failed', async () => {
    const { id } = await insertSynchronization(api.sql, { account_id: customer.id, state: 'failure' });
    const { rows } = await api.sql.query<{ first_run_id: string }>(
      'SELECT first_run_id FROM synchronizations WHERE id = $1',
      [id],
    );
    const runId = rows[0]?.first_run_id ?? '';
    await insertRun(api.sql, id, {
      id: runId,
      outcome: 'failed',
      finished_at: new Date(),
      failure_code: 'source-host-unknown',
    });
    expect((await customer.call('GET', `/imports/${runId}`)).json).toMatchObject({
      state: 'failure',
      success: false,
      error_code: 1102,
      get_error_text: { title: 'Unknown server', source: 'user' },
    });
  });
});

describe('health', () => {
  it('is told without a key', async () => {
    expect(await api.call('GET', '/livez')).toMatchObject({ status: 200, json: { live: true } });
    expect(await api.call('GET', '/readyz')).toMatchObject({
      status: 200,
      json: { ready: true, checks: { metadataDatabase: 'ok' } },
    });
  });

  it('is bad while a migration is missing', async () => {
    await api.sql.query('UPDATE migrations SET name = $1 || name', ['x']);
    expect(await api.call('GET', '/readyz')).toMatchObject({ status: 503, json: { ready: false } });
    await api.sql.query('UPDATE migrations SET name = substr(name, 2)');
    expect((await api.call('GET', '/readyz')).status).toBe(200);
  });
});
