import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertSynchronization, type NatsServer, startNats } from '@tidetable/test-harness';
import { type ApiUnderTest, startApi } from './api-under-test.js';
import { type ScriptedImporter, startScriptedImporter } from './scripted-importer.js';
import { v2Customer, type V2Customer } from './v2-world.js';

let nats: NatsServer;
let importer: ScriptedImporter;
let api: ApiUnderTest;

beforeAll(async () => {
  nats = await startNats();
  importer = await startScriptedImporter(nats.url);
  api = await startApi({
    NATS_URL: nats.url,
    DESTINATION_PUBLIC_URL: 'postgresql://tables.example.org:5433/tables?sslmode=require',
  });
});
afterAll(async () => {
  await api.stop();
  await importer.stop();
  await nats.stop();
});

interface Entry {
  actor: { kind: string; key_id: string | null; key_prefix: string | null };
  request_id: string | null;
  action: string;
  target: { kind: string; id: string };
  changes: { field: string; old?: unknown; new?: unknown }[];
}

const auditOf = async (customer: V2Customer, query = ''): Promise<Entry[]> =>
  ((await customer.call('GET', `/audit${query}`)).json as { items: Entry[] }).items;

const limit = (account: V2Customer, column: string, value: number): Promise<unknown> =>
  api.sql.query(`UPDATE accounts SET ${column} = $2 WHERE id = $1`, [account.id, value]);

const v1 = (customer: V2Customer, method: string, path: string): ReturnType<ApiUnderTest['call']> =>
  api.call(method, `/api/v1${path}`, { headers: { authorization: `Bearer ${customer.key}` } });

describe('the audit trail', () => {
  it('tells who changed what, from what to what, without secrets', async () => {
    const customer = await v2Customer(api);
    const url = 'https://example.org/ports.csv?token=secret';
    const created = await v1(
      customer,
      'POST',
      `/synchronizations?interval=3600&url=${encodeURIComponent(url)}`,
    );
    expect(created.status).toBe(200);
    const { id } = created.json as { id: string };
    await api.sql.query(
      "UPDATE synchronizations SET state = 'success', attempted_at = now() - interval '1 hour', name = 'ports' WHERE id = $1",
      [id],
    );
    const changed = await v1(customer, 'PUT', `/synchronizations/${id}?interval=7200`);
    await v1(customer, 'PUT', `/synchronizations/${id}/sync_now`);
    await v1(customer, 'DELETE', `/synchronizations/${id}`);
    const entries = await auditOf(customer);
    expect(entries.map(({ action }) => action)).toEqual([
      'deleted',
      'refresh-requested',
      'changed',
      'created',
    ]);
    expect(new Set(entries.map(({ target }) => `${target.kind} ${target.id}`))).toEqual(
      new Set([`synchronization ${id}`]),
    );
    expect(entries[2]).toMatchObject({
      actor: { kind: 'key', key_prefix: customer.key.slice(0, 6) },
      request_id: changed.headers['x-request-id'],
      changes: [{ field: 'interval_seconds', old: 3_600, new: 7_200 }],
    });
    expect(entries[3]?.changes).toContainEqual({
      field: 'url',
      old: null,
      new: 'https://example.org/ports.csv',
    });
    expect(JSON.stringify(entries)).not.toMatch(/secret|password|token/);
  });

  it('tells of keys and logins, the newest first, page by page', async () => {
    const customer = await v2Customer(api);
    const { json: made } = await customer.call('POST', '/keys', { body: { scope: 'read', name: 'map' } });
    const { id } = (made as { key: { id: string } }).key;
    await customer.call('POST', `/keys/${id}/rotate`, { body: {} });
    await customer.call('DELETE', `/keys/${id}`);
    const { json: issued } = await customer.call('POST', '/logins', { body: {} });
    await customer.call('POST', `/logins/${(issued as { login: { id: string } }).login.id}/rotate`);
    const seen: string[] = [];
    let path: string | null = '/audit?limit=2';
    for (let pages = 0; path !== null && pages < 9; pages += 1) {
      const { json } = await customer.call('GET', path);
      const { items, next } = json as { items: Entry[]; next: string | null };
      seen.push(...items.map(({ action, target }) => `${target.kind} ${action}`));
      path = next?.replace('/api/v2', '') ?? null;
    }
    expect(seen).toEqual([
      'login rotated',
      'login created',
      'key revoked',
      'key rotated',
      'key created',
      'key created',
    ]);
    const text = JSON.stringify(await auditOf(customer));
    expect(text).not.toContain((made as { api_key: string }).api_key);
    expect(text).not.toContain('made-of');
  });

  it.each([
    ['https://example.org/a.csv?token=x#y', 'https://example.org/a.csv'],
    ['https://user:pass@example.org/a@b.csv', 'https://example.org/a@b.csv'],
    ['HTTPS://user:p@ss@example.org?x', 'HTTPS://example.org'],
    ['https:\\\\user@example.org\\a', 'https:\\\\example.org\\a'],
    ['https:user:pass@example.org/a', 'https:example.org/a'],
  ])('has of the address %s only %s', async (url, bare) => {
    const { rows } = await api.sql.query('SELECT bare_url($1) AS bare', [url]);
    expect(rows).toEqual([{ bare }]);
  });

  it('holds nothing of what schedulers and tests write', async () => {
    const customer = await v2Customer(api);
    const { id } = await insertSynchronization(api.sql, { account_id: customer.id, state: 'success' });
    await api.sql.query("UPDATE synchronizations SET state = 'queued' WHERE id = $1", [id]);
    expect(await auditOf(customer)).toEqual([]);
  });
});

describe('an account', () => {
  it('is told its limits and what it has', async () => {
    const customer = await v2Customer(api);
    await limit(customer, 'tables_max', 9);
    await limit(customer, 'total_bytes_max', 5e12);
    for (const [rows, bytes] of [
      [10, 1_000],
      [5, 3e12],
    ])
      await insertSynchronization(api.sql, {
        account_id: customer.id,
        state: 'success',
        table_rows: rows,
        table_bytes: bytes,
      });
    await insertSynchronization(api.sql, { account_id: customer.id, state: 'syncing' });
    await insertSynchronization(api.sql, { account_id: customer.id, deleted_at: new Date(), table_rows: 7 });
    expect((await customer.call('GET', '/account')).json).toMatchObject({
      username: customer.username,
      schema: customer.username,
      limits: { tables: 9, total_rows: null, total_bytes: 5e12, requests_per_minute: 1_000_000 },
      usage: { tables: 3, total_rows: 15, total_bytes: 3_000_000_001_000, runs_in_flight: 1 },
    });
  });

  it.each([
    ['tables_max', 2, 8002, 'The account has 2 tables, and may have 2.'],
    ['total_rows_max', 20, 8001, 'The account has 20 rows in all its tables, and may have 20.'],
    ['total_bytes_max', 1_999, 8001, 'The account has 2000 bytes in all its tables, and may have 1999.'],
  ])('with %s of %i is refused a further table', async (column, max, code, sentence) => {
    const customer = await v2Customer(api);
    await limit(customer, column, max);
    const create = (): ReturnType<typeof v1> =>
      v1(customer, 'POST', '/synchronizations?url=https://example.org/a.csv');
    for (let table = 0; table < 2; table += 1) {
      expect((await create()).status).toBe(200);
      await api.sql.query(
        'UPDATE synchronizations SET table_rows = 10, table_bytes = 1000 WHERE account_id = $1',
        [customer.id],
      );
    }
    const { status, json } = await create();
    expect([status, json]).toEqual([403, { error: 'quota-exceeded', error_code: code, errors: sentence }]);
  });

  it('gets no table too many, however many are asked for at once', async () => {
    const customer = await v2Customer(api);
    await limit(customer, 'tables_max', 3);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        v1(customer, 'POST', '/synchronizations?url=https://example.org/a.csv'),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 403, 403, 403, 403, 403]);
  });
});

describe('a login', () => {
  it('comes with all that is needed to connect from where customers are', async () => {
    const customer = await v2Customer(api);
    const { status, json } = await customer.call('POST', '/logins', { body: { name: 'QGIS' } });
    const { login } = json as { login: { id: string; user: string } };
    expect([status, json]).toEqual([
      201,
      {
        login: {
          id: login.id,
          user: login.user,
          name: 'QGIS',
          created_at: expect.any(String),
          rotated_at: null,
        },
        password: 'made-of-random-bits',
        host: 'tables.example.org',
        port: 5_433,
        database: 'tables',
        schema: customer.username,
        uri: `postgresql://${login.user}:made-of-random-bits@tables.example.org:5433/tables?sslmode=require`,
        qgis: expect.stringContaining('SSL mode require'),
      },
    ]);
    expect((await customer.call('GET', '/logins')).text).not.toContain('made-of');
    await customer.call('POST', '/logins', { body: {} });
    const refused = await customer.call('POST', '/logins', { body: {} });
    expect(refused.json).toMatchObject({
      status: 403,
      type: '/problems/quota-exceeded',
      detail: 'An account may have 2 logins.',
    });
    expect((await customer.call('DELETE', `/logins/${login.id}`)).status).toBe(204);
    expect((await customer.call('DELETE', `/logins/${login.id}`)).status).toBe(404);
  });
});
