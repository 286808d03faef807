import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SynchronizationDto, SynchronizationListDto } from '@tidetable/contracts';
import { type ApiUnderTest, type Customer, startApi } from './api-under-test.js';

/** The requests that CARTO's Python client (`carto` on PyPI) makes, as it puts them on the wire. */
let api: ApiUnderTest;
let customer: Customer;

beforeAll(async () => {
  api = await startApi();
  customer = await api.customer('demo');
});
afterAll(() => api.stop());

const base = '/user/demo/api/v1/synchronizations/';
const headers = {
  accept: '*/*',
  'accept-encoding': 'gzip, deflate',
  connection: 'keep-alive',
  'user-agent': 'python-requests/2.32.3',
};
const url = 'https://example.org/ports.csv';

/** POST and PUT of a resource: fields that are not None, and the key among them. */
const save = (method: string, path: string, fields: object) =>
  api.call(method, path, {
    body: JSON.stringify({ ...fields, api_key: customer.key }),
    headers: { ...headers, 'content-type': 'application/json' },
  });

describe('CARTO’s Python client', () => {
  it('creates with SyncTableJobManager.create, in the body', async () => {
    const { status, json } = await save('POST', base, { url, interval: 900, client: null });
    expect([status, json]).toEqual([200, expect.objectContaining({ url, interval: 900, state: 'created' })]);
  });

  it('creates with SyncTableJob.run, in the query', async () => {
    const path = `${base}?url=${encodeURIComponent(url)}&interval=900&api_key=${customer.key}`;
    const { status, json } = await api.call('POST', path, { headers: { ...headers, 'content-length': '0' } });
    expect([status, json]).toEqual([200, expect.objectContaining({ url, interval: 900, state: 'created' })]);
  });

  it('reads all pages until it has as many as there are', async () => {
    await save('POST', base, { url, interval: 900 });
    const read: string[] = [];
    let page = 1;
    for (let total = Number.POSITIVE_INFINITY; read.length < total; page += 1) {
      const { json } = await api.call('GET', `${base}?page=${page}&api_key=${customer.key}`, { headers });
      const list = json as SynchronizationListDto;
      read.push(...list.synchronizations.map(({ id }) => id));
      total = list.total_entries;
      expect(page).toBeLessThan(3);
    }
    expect([page, new Set(read).size]).toEqual([2, read.length]);
  });

  it('saves a whole record to change one field', async () => {
    const { json } = await save('POST', base, { url, interval: 900 });
    const record = json as SynchronizationDto;
    const known = Object.entries(record).filter(([name, value]) => value !== null && name !== 'data_import');
    const put = await save('PUT', `${base}${record.id}`, { ...Object.fromEntries(known), interval: 86_400 });
    expect([put.status, put.json]).toEqual([
      200,
      expect.objectContaining({ id: record.id, interval: 86_400, url }),
    ]);
  });

  it('forces a refresh with an empty PUT, refreshes, and deletes', async () => {
    const { json } = await save('POST', base, { url, interval: 900 });
    const { id } = json as SynchronizationDto;
    await api.sql.query(
      "UPDATE synchronizations SET state = 'success', name = 'ports', attempted_at = now() - interval '1 hour', imported_at = now(), source_sha256 = '' WHERE id = $1",
      [id],
    );
    const path = `${base}${id}?api_key=${customer.key}`;
    const forced = await api.call('PUT', path, { headers: { ...headers, 'content-length': '0' } });
    expect([forced.status, forced.json]).toEqual([200, expect.objectContaining({ id, state: 'queued' })]);
    expect((await api.call('GET', path, { headers })).json).toEqual(forced.json);
    expect(await api.call('DELETE', path, { headers: { ...headers, 'content-length': '0' } })).toMatchObject({
      status: 204,
      json: null,
    });
  });
});
