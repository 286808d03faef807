import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  CreatedSynchronizationDto,
  SynchronizationDto,
  SynchronizationListDto,
} from '@tidetable/contracts';
import { synchronizationDueChannel } from '@tidetable/metadata-db';
import { insertSynchronization, waitFor } from '@tidetable/test-harness';
import { type ApiUnderTest, type Customer, startApi } from './api-under-test.js';

const url = 'https://public.url.to.file/sample_file';
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/;

let api: ApiUnderTest;
let customer: Customer;

beforeAll(async () => {
  api = await startApi();
  customer = await api.customer();
});
afterAll(() => api.stop());

/** Creates a synchronization and returns what the api said. */
async function create(fields: object = {}, owner = customer): Promise<CreatedSynchronizationDto> {
  const { status, json } = await owner.call('POST', '/synchronizations', { body: { url, ...fields } });
  expect(status).toBe(200);
  return json as CreatedSynchronizationDto;
}

async function show(id: string): Promise<SynchronizationDto> {
  return (await customer.call('GET', `/synchronizations/${id}`)).json as SynchronizationDto;
}

async function columns(id: string): Promise<Record<string, unknown>> {
  const { rows } = await api.sql.query<Record<string, unknown>>(
    'SELECT * FROM synchronizations WHERE id = $1',
    [id],
  );
  return rows[0] ?? {};
}

function seconds(from: unknown, to: unknown): number {
  return (new Date(to as string).getTime() - new Date(from as string).getTime()) / 1_000;
}

describe('POST /api/v1/synchronizations', () => {
  it('answers the guide’s example with 200 and every field of the guide', async () => {
    const { status, json } = await customer.call('POST', '/synchronizations/', {
      body: { url, interval: '3600' },
    });
    expect(status).toBe(200);
    expect(json).toEqual({
      data_import: { endpoint: '/api/v1/imports', item_queue_id: expect.stringMatching(uuid) },
      id: expect.stringMatching(uuid),
      name: null,
      interval: 3600,
      url,
      state: 'created',
      user_id: customer.id,
      created_at: expect.stringMatching(time),
      updated_at: expect.stringMatching(time),
      run_at: expect.stringMatching(time),
      ran_at: expect.stringMatching(time),
      modified_at: null,
      etag: null,
      checksum: '',
      log_id: expect.stringMatching(uuid),
      error_code: null,
      error_message: null,
      retried_times: 0,
      service_name: null,
      service_item_id: null,
      type_guessing: true,
      quoted_fields_guessing: true,
      content_guessing: false,
      visualization_id: null,
      from_external_source: false,
      member: null,
      layer: null,
      header_names: [],
      has_basic_auth: false,
    });
  });

  it('plans the next run one interval after the creation', async () => {
    const created = await create({ interval: 900 });
    expect(seconds(created.created_at, created.run_at)).toBe(900);
    expect([created.updated_at, created.ran_at]).toEqual([created.created_at, created.created_at]);
  });

  it('stores what was said and nothing of what only the service may say', async () => {
    const { id } = await create({
      id: '00000000-0000-4000-8000-000000000000',
      user_id: '00000000-0000-4000-8000-000000000000',
      state: 'success',
      name: 'mine',
      retried_times: 9,
      run_at: '2000-01-01T00:00:00+00:00',
      table_name: 'ports',
      type_guessing: false,
      quoted_fields_guessing: 'false',
      content_guessing: 'true',
      create_vis: true,
      member: '2026/ports.gpkg',
      layer: 'piers',
    });
    expect(id).not.toBe('00000000-0000-4000-8000-000000000000');
    expect(await columns(id)).toMatchObject({
      account_id: customer.id,
      url,
      state: 'created',
      name: null,
      retried_times: 0,
      requested_table_name: 'ports',
      type_guessing: false,
      quoted_fields_guessing: false,
      content_guessing: true,
      member: '2026/ports.gpkg',
      layer: 'piers',
    });
  });

  it('makes it due at once and tells whoever listens', async () => {
    const heard: string[] = [];
    const listener = await api.sql.connect();
    try {
      await listener.query(`LISTEN ${synchronizationDueChannel}`);
      listener.on('notification', ({ channel }) => heard.push(channel));
      const { id } = await create();
      const { due_at: dueAt, created_at: createdAt } = await columns(id);
      expect(dueAt).toEqual(createdAt);
      await waitFor(() => heard.includes(synchronizationDueChannel), { until: 'a notification arrived' });
    } finally {
      listener.release(true);
    }
  });

  it.each([
    ['text without a content type', { body: JSON.stringify({ url }) }],
    [
      'JSON called a form, as curl -d does',
      { body: JSON.stringify({ url }), headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
    [
      'JSON called text',
      { body: JSON.stringify({ url }), headers: { 'content-type': 'text/plain; charset=utf-8' } },
    ],
    [
      'a form',
      {
        body: `url=${encodeURIComponent(url)}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
    ],
  ])('takes %s', async (_, call) => {
    const { status, json } = await customer.call('POST', '/synchronizations', call);
    expect([status, (json as SynchronizationDto).url]).toEqual([200, url]);
  });

  it('takes its fields from the query as well, where the body leaves them out', async () => {
    const path = `/synchronizations?url=${encodeURIComponent(url)}&interval=7200`;
    expect((await customer.call('POST', path)).json).toMatchObject({ url, interval: 7200 });
    expect((await customer.call('POST', path, { body: { interval: 900 } })).json).toMatchObject({
      interval: 900,
    });
  });

  it.each([
    [{ url: undefined }, /^Invalid url: /],
    [{ url: 'https://me:pw@example.org/' }, /^Invalid url: must not contain a user name or password\.$/],
    [{ interval: 899 }, /^Invalid interval: .*at least 900 seconds \(15 minutes\)/],
    [{ interval: null }, /^Invalid interval: /],
    [{ type_guessing: 'maybe' }, /^Invalid type_guessing: must be true or false\.$/],
    [{ table_name: {} }, /^Invalid table_name: /],
    [
      { service_name: 'ftp', service_item_id: '1' },
      /^Invalid service_name: must be one of gdrive, dropbox, box/,
    ],
    [{ url: null, service_name: 'gdrive' }, /^Invalid service_item_id: /],
    [{ service_name: 'gdrive', service_item_id: '1' }, /^Invalid url: must be left out where /],
  ])('refuses %j with 400, and stores nothing', async (fields, message) => {
    const owner = await api.customer();
    const { status, json } = await owner.call('POST', '/synchronizations', { body: { url, ...fields } });
    expect([status, json]).toEqual([400, { errors: expect.stringMatching(message) }]);
    expect((await owner.call('GET', '/synchronizations')).json).toMatchObject({ total_entries: 0 });
  });

  it('accepts a URL of 8192 characters', async () => {
    const long = `https://example.org/${'a'.repeat(8_192 - 20)}`;
    expect((await create({ url: long })).url).toBe(long);
  });
});

describe('GET /api/v1/synchronizations', () => {
  it('is empty for a new account', async () => {
    const { json } = await (await api.customer()).call('GET', '/synchronizations');
    expect(json).toEqual({ synchronizations: [], total_entries: 0 });
  });

  it('shows a refreshed table as the guide’s example does', async () => {
    const owner = await api.customer();
    const { id } = await insertSynchronization(api.sql, {
      account_id: owner.id,
      url,
      interval_seconds: 2_592_000,
      state: 'success',
      name: 'barrios_5',
      created_at: '2015-09-04T12:40:37Z',
      updated_at: '2016-02-01T12:45:07Z',
      attempted_at: '2016-02-01T12:45:07Z',
      ran_at: '2016-02-01T12:45:07Z',
      run_at: '2016-03-02T12:45:07Z',
    });
    expect((await owner.call('GET', '/synchronizations/')).json).toEqual({
      synchronizations: [
        {
          id,
          name: 'barrios_5',
          interval: 2592000,
          url,
          state: 'success',
          created_at: '2015-09-04T12:40:37+00:00',
          updated_at: '2016-02-01T12:45:07+00:00',
          run_at: '2016-03-02T12:45:07+00:00',
          retried_times: 0,
          log_id: expect.stringMatching(uuid),
          error_code: null,
          error_message: null,
          ran_at: '2016-02-01T12:45:07+00:00',
          modified_at: null,
          etag: null,
          checksum: null,
          user_id: owner.id,
          service_name: null,
          service_item_id: url,
          type_guessing: true,
          quoted_fields_guessing: true,
          content_guessing: false,
          visualization_id: null,
          from_external_source: false,
          member: null,
          layer: null,
          header_names: [],
          has_basic_auth: false,
        },
      ],
      total_entries: 1,
    });
  });

  it('is in the order of creation, whole without per_page and by pages with it', async () => {
    const owner = await api.customer();
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await create({}, owner)).id);
    const list = async (query: string): Promise<[string[], number]> => {
      const { json } = await owner.call('GET', `/synchronizations/?${query}`);
      const { synchronizations, total_entries: total } = json as SynchronizationListDto;
      return [synchronizations.map(({ id }) => id), total];
    };
    expect(await list('')).toEqual([ids, 5]);
    expect(await list('page=1')).toEqual([ids, 5]);
    expect(await list('page=2')).toEqual([[], 5]);
    expect(await list('per_page=2')).toEqual([ids.slice(0, 2), 5]);
    expect(await list('page=2&per_page=2')).toEqual([ids.slice(2, 4), 5]);
    expect(await list('page=3&per_page=2')).toEqual([ids.slice(4), 5]);
    expect(await list('page=4&per_page=2')).toEqual([[], 5]);
  });

  it('refuses a page that is none', async () => {
    const { status, json } = await customer.call('GET', '/synchronizations?page=0&per_page=x');
    expect([status, json]).toEqual([
      400,
      { errors: expect.stringMatching(/^Invalid page: .* Invalid per_page: /) },
    ]);
  });
});

describe('GET /api/v1/synchronizations/:id', () => {
  it('shows what was created, without the import record', async () => {
    const { data_import: _, ...created } = await create();
    expect(await show(created.id)).toEqual(created);
    expect((await customer.call('GET', `/synchronizations/${created.id.toUpperCase()}/`)).json).toEqual(
      created,
    );
  });

  it('shows why the last run failed', async () => {
    const { id } = await insertSynchronization(api.sql, {
      account_id: customer.id,
      state: 'failure',
      failure_code: 'csv-malformed',
      failure_detail: 'line 7',
      retried_times: 3,
    });
    expect(await show(id)).toMatchObject({
      state: 'failure',
      error_code: 2003,
      error_message: expect.stringContaining('(line 7)'),
      retried_times: 3,
      checksum: '',
    });
  });
});

describe('PUT /api/v1/synchronizations/:id', () => {
  it('changes the interval and moves the next run', async () => {
    const { id } = await create();
    const { status, json } = await customer.call('PUT', `/synchronizations/${id}`, {
      body: { interval: '86400' },
    });
    expect([status, json]).toEqual([200, await show(id)]);
    const { run_at: runAt, interval_seconds: interval } = await columns(id);
    expect(interval).toBe(86_400);
    expect(Math.abs(seconds(new Date(Date.now() + 86_400_000), runAt))).toBeLessThan(10);
  });

  it.each(['queued', 'syncing'])('leaves the next run alone while %s', async (state) => {
    const runAt = '2030-01-01T00:00:00Z';
    const { id } = await insertSynchronization(api.sql, {
      account_id: customer.id,
      state,
      attempted_at: new Date(),
      run_at: runAt,
    });
    await customer.call('PUT', `/synchronizations/${id}`, { body: { interval: 86_400 } });
    expect(await show(id)).toMatchObject({ interval: 86_400, run_at: '2030-01-01T00:00:00+00:00' });
  });

  it.each([
    ['another interval', { interval: 7_200 }, { stopped: false, retried_times: 0 }],
    ['another option', { type_guessing: false }, { stopped: false, retried_times: 0 }],
    ['another layer', { layer: 'piers' }, { stopped: false, retried_times: 0 }],
    ['nothing else', { interval: 3_600, type_guessing: true }, { stopped: true, retried_times: 10 }],
  ])('with %s, leaves a schedule that had stopped so: %j %j', async (_name, body, expected) => {
    const { id } = await insertSynchronization(api.sql, {
      account_id: customer.id,
      state: 'failure',
      failure_code: 'source-not-found',
      attempted_at: new Date(),
      stopped: true,
      retried_times: 10,
    });
    expect((await customer.call('PUT', `/synchronizations/${id}`, { body })).status).toBe(200);
    expect(await columns(id)).toMatchObject(expected);
  });

  it('leaves the next run alone when the interval stays', async () => {
    const runAt = '2030-01-01T00:00:00Z';
    const { id } = await insertSynchronization(api.sql, {
      account_id: customer.id,
      state: 'success',
      run_at: runAt,
    });
    await customer.call('PUT', `/synchronizations/${id}`, { body: { interval: 3_600 } });
    expect((await show(id)).run_at).toBe('2030-01-01T00:00:00+00:00');
  });

  it('changes options and dates the change', async () => {
    const { id } = await create();
    const before = await columns(id);
    const body = { type_guessing: false, quoted_fields_guessing: 'false', content_guessing: true };
    const { json } = await customer.call('PUT', `/synchronizations/${id}`, { body });
    expect(json).toMatchObject({
      type_guessing: false,
      quoted_fields_guessing: false,
      content_guessing: true,
    });
    const after = await columns(id);
    expect(seconds(before['options_changed_at'], after['options_changed_at'])).toBeGreaterThan(0);
    expect(after['run_at']).toEqual(before['run_at']);
  });

  it.each([
    [{}, { member: 'a.csv' }, { member: 'a.csv', layer: null }],
    [{ member: 'a.csv' }, { layer: 'b' }, { member: 'a.csv', layer: 'b' }],
    [{ member: 'a.csv', layer: 'b' }, { member: null }, { member: null, layer: 'b' }],
    [{ member: 'a.csv' }, { layer: '', member: 'b.csv' }, { member: 'b.csv', layer: null }],
  ])('changes the choice %j by %j to %j and dates the change', async (first, body, chosen) => {
    const { id } = await create(first);
    const before = await columns(id);
    const { json } = await customer.call('PUT', `/synchronizations/${id}`, { body });
    expect(json).toMatchObject(chosen);
    const after = await columns(id);
    expect(seconds(before['options_changed_at'], after['options_changed_at'])).toBeGreaterThan(0);
  });

  it.each([{ type_guessing: true }, { interval: 7_200 }, { member: null, layer: '' }])(
    'does not date %j, which changes no option',
    async (body) => {
      const { id } = await create();
      const before = await columns(id);
      await customer.call('PUT', `/synchronizations/${id}`, { body });
      expect((await columns(id))['options_changed_at']).toEqual(before['options_changed_at']);
    },
  );

  it('takes the whole record back and changes the one field that differs', async () => {
    const { id } = await insertSynchronization(api.sql, {
      account_id: customer.id,
      state: 'success',
      retried_times: 0,
    });
    const record = await show(id);
    const foreign = {
      user_id: '00000000-0000-4000-8000-000000000000',
      state: 'created',
      url: 'https://other.example/',
    };
    const body = { ...record, ...foreign, retried_times: 7, interval: 7_200 };
    const { status, json } = await customer.call('PUT', `/synchronizations/${id}/`, { body });
    expect(status).toBe(200);
    expect(json).toEqual({ ...record, interval: 7_200, run_at: expect.stringMatching(time) });
  });

  it('changes nothing for fields that cannot be changed', async () => {
    const { id } = await insertSynchronization(api.sql, {
      account_id: customer.id,
      state: 'success',
      attempted_at: '2020-01-01T00:00:00Z',
    });
    const before = await columns(id);
    const { status } = await customer.call('PUT', `/synchronizations/${id}`, {
      body: { url: 'https://other.example/', name: 'x' },
    });
    expect(status).toBe(200);
    expect(await columns(id)).toEqual(before);
  });

  it.each([
    [{ interval: 899 }, /^Invalid interval: .*at least 900 seconds \(15 minutes\)/],
    [{ interval: null }, /^Invalid interval: /],
    [{ type_guessing: 'maybe' }, /^Invalid type_guessing: must be true or false\.$/],
  ])('refuses %j with 400 and changes nothing', async (body, message) => {
    const { id } = await create();
    const before = await columns(id);
    const { status, json } = await customer.call('PUT', `/synchronizations/${id}`, {
      body: { content_guessing: true, ...body },
    });
    expect([status, json]).toEqual([400, { errors: expect.stringMatching(message) }]);
    expect(await columns(id)).toEqual(before);
  });
});

describe('DELETE /api/v1/synchronizations/:id', () => {
  it('answers 204 without a body, and afterwards the synchronization is gone', async () => {
    const owner = await api.customer();
    const { id, data_import: dataImport } = await create({}, owner);
    expect(await owner.call('DELETE', `/synchronizations/${id}`)).toMatchObject({ status: 204, json: null });
    expect((await owner.call('GET', '/synchronizations')).json).toEqual({
      synchronizations: [],
      total_entries: 0,
    });
    for (const [method, path] of [
      ['GET', `/synchronizations/${id}`],
      ['PUT', `/synchronizations/${id}`],
      ['DELETE', `/synchronizations/${id}`],
      ['GET', `/synchronizations/${id}/sync_now`],
      ['PUT', `/synchronizations/${id}/sync_now`],
      ['GET', `/imports/${dataImport.item_queue_id}`],
    ] as const) {
      expect((await owner.call(method, path)).status).toBe(404);
    }
  });

  it('takes it out of the schedule and keeps the row for the runs that are still open', async () => {
    const { id } = await create();
    await customer.call('DELETE', `/synchronizations/${id}/`);
    expect(await columns(id)).toMatchObject({ due_at: null, deleted_at: expect.any(Date) });
  });
});
