import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertSynchronization } from '@tidetable/test-harness';
import { pageSchema } from '../src/v2/list-fields.js';
import { synchronizationSchema } from '../src/v2/synchronizations/synchronization-schema.js';
import { type ApiUnderTest, startApi } from './api-under-test.js';
import { read, v2Customer, type V2Customer } from './v2-world.js';

const page = pageSchema(synchronizationSchema);
const pagesMax = 100;

let api: ApiUnderTest;
let customer: V2Customer;
const inAnHour = new Date(Date.now() + 3_600_000);
const inAMinute = new Date(Date.now() + 60_000);

/** Names of tables stand for rows; they were created in this order. */
const rows: Record<string, Record<string, unknown>> = {
  roads: { state: 'success', run_at: inAMinute },
  ports: { state: 'success', run_at: inAnHour },
  ports_2: { state: 'failure', run_at: inAMinute },
  'Harbours.CSV': { state: 'created' },
  rivers: { state: 'syncing' },
  lakes: { state: 'queued' },
  canals: { state: 'success', asked: true },
  dams: { state: 'failure', stopped: true },
  drive: { state: 'success', run_at: inAnHour, url: null, service_name: 'gdrive', service_item_id: 'x' },
};

beforeAll(async () => {
  api = await startApi();
  customer = await v2Customer(api);
  await insertSynchronization(api.sql, { state: 'success', name: 'ports' });
  let second = 0;
  for (const [name, { asked, ...columns }] of Object.entries(rows)) {
    const named = columns['state'] === 'created' ? { requested_table_name: name } : { name };
    await insertSynchronization(api.sql, {
      account_id: customer.id,
      created_at: new Date(Date.UTC(2026, 0, 1, 0, 0, (second += 1))),
      ...named,
      ...columns,
      ...(asked === true ? { sync_requested_at: new Date(Date.now() + 1_000) } : {}),
    });
  }
});
afterAll(() => api.stop());

/** The names of all rows of a list, page by page along its links. */
async function namesOf(query: string, betweenPages: () => Promise<void> = async () => {}): Promise<string[]> {
  const names: string[] = [];
  let next: string | null = `/synchronizations?${query}`;
  for (let count = 0; next !== null && count < pagesMax; count += 1) {
    const answer = await customer.call('GET', next);
    expect(answer.status).toBe(200);
    const { items, next: following } = read(page, answer);
    expect(answer.headers['link']).toBe(following === null ? undefined : `<${following}>; rel="next"`);
    names.push(...items.map(({ table }) => table.name ?? table.requested_name ?? ''));
    next = following?.replace('/api/v2', '') ?? null;
    await betweenPages();
  }
  return names;
}

describe('a list', () => {
  it.each([
    ['nothing', '', Object.keys(rows)],
    ['a state', 'state=failure', ['ports_2', 'dams']],
    [
      'a state, which a refresh that was asked for changes at once',
      'state=success',
      ['roads', 'ports', 'drive'],
    ],
    ['a state that many have for two reasons', 'state=queued', ['lakes', 'canals']],
    ['several states', 'state=syncing,created,failure', ['ports_2', 'Harbours.CSV', 'rivers', 'dams']],
    ['all states', 'state=created,queued,syncing,success,failure', Object.keys(rows)],
    ['the beginning of a name, by name', 'name=PO', ['ports', 'ports_2']],
    ['the beginning of a name that was asked for', 'name=harbours.c', ['Harbours.CSV']],
    ['a character that means something in patterns', 'name=%25', []],
    ['what is due, longest due first', `due_before=${new Date(Date.now() + 120_000).toISOString()}`, null],
    ['a storage service', 'service=gdrive', ['drive']],
    ['URLs', 'service=url&state=success', ['roads', 'ports']],
    ['all of it', 'service=url&state=success&name=r', ['roads']],
  ])('is filtered by %s, on pages of any size', async (_, filter, expected) => {
    const wanted = expected ?? ['Harbours.CSV', 'roads', 'ports_2', 'canals'];
    const lists = [];
    for (const limit of [1, 2, 3, 50]) lists.push(await namesOf(`${filter}&limit=${limit}`));
    for (const names of lists)
      expect(expected === null ? names.toSorted() : names).toEqual(
        expected === null ? wanted.toSorted() : wanted,
      );
  });

  it('loses nothing and doubles nothing while rows come and go', async () => {
    const before = await namesOf('limit=50');
    const during = await namesOf('limit=2', async () => {
      await insertSynchronization(api.sql, {
        account_id: customer.id,
        name: 'new',
        created_at: new Date('2025-01-01T00:00:00Z'),
      });
    });
    expect(during).toEqual(before);
    await api.sql.query("DELETE FROM synchronizations WHERE name = 'new'");
  });

  it('refuses a cursor of a list with other filters', async () => {
    const first = await customer.call('GET', '/synchronizations?limit=1&state=success');
    const cursor = new URL((first.json as { next: string }).next, 'http://x').searchParams.get('cursor')!;
    expect((await customer.call('GET', `/synchronizations?state=success&cursor=${cursor}`)).status).toBe(200);
    for (const query of ['', 'state=failure&', 'name=p&']) {
      const answer = await customer.call('GET', `/synchronizations?${query}cursor=${cursor}`);
      expect(answer).toMatchObject({ status: 400, json: { type: '/problems/cursor-invalid' } });
    }
  });

  it('shows nothing of others to who comes with their cursor', async () => {
    const first = await customer.call('GET', '/synchronizations?limit=1');
    const { next } = first.json as { next: string };
    const other = await v2Customer(api);
    expect(await other.call('GET', next.replace('/api/v2', ''))).toMatchObject({
      status: 200,
      json: { items: [], next: null },
    });
  });
});

describe('a synchronization', () => {
  it('has an entity tag, by which who has this version already is spared the body', async () => {
    const list = read(page, await customer.call('GET', '/synchronizations?limit=1'));
    const path = `/synchronizations/${list.items[0]?.id ?? ''}`;
    const shown = await customer.call('GET', path);
    expect(read(synchronizationSchema, shown)).toEqual(list.items[0]);
    const etag = String(shown.headers['etag']);
    expect(etag).toMatch(/^"[\w-]{27}"$/);
    for (const known of [etag, `"other", W/${etag}`, '*']) {
      const answer = await customer.call('GET', path, { headers: { 'if-none-match': known } });
      expect(answer).toMatchObject({ status: 304, text: '', headers: { etag } });
    }
    const other = await customer.call('GET', path, { headers: { 'if-none-match': '"other"' } });
    expect(other).toMatchObject({ status: 200, headers: { etag } });
  });
});
