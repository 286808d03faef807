import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertApiKey, insertSynchronization } from '@tidetable/test-harness';
import { type ApiUnderTest, type Call, type Customer, startApi } from './api-under-test.js';

let api: ApiUnderTest;
let demo: Customer;
let other: Customer;
let id: string;

beforeAll(async () => {
  api = await startApi({ API_ACCOUNT_DOMAIN: 'tables.example.org' });
  demo = await api.customer('demo');
  other = await api.customer('other');
  ({ id } = await insertSynchronization(api.sql, { account_id: demo.id, state: 'success' }));
});
afterAll(() => api.stop());

const basic = (username: string, key: string): Call => ({
  headers: { authorization: `Basic ${Buffer.from(`${username}:${key}`).toString('base64')}` },
});

/** Every route with the status it answers its owner. */
const routes = (synchronizationId: string, firstRunId: string): [string, string, number][] => [
  ['GET', '/synchronizations', 200],
  ['POST', '/synchronizations?url=https://example.org/a.csv', 200],
  ['GET', `/synchronizations/${synchronizationId}`, 200],
  ['PUT', `/synchronizations/${synchronizationId}`, 200],
  ['GET', `/synchronizations/${synchronizationId}/sync_now`, 200],
  ['PUT', `/synchronizations/${synchronizationId}/sync_now`, 200],
  ['GET', `/imports/${firstRunId}`, 200],
  ['DELETE', `/synchronizations/${synchronizationId}`, 204],
];

async function ownOne(owner: Customer): Promise<{ id: string; firstRunId: string }> {
  const inserted = await insertSynchronization(api.sql, { account_id: owner.id, state: 'success' });
  const { rows } = await api.sql.query<{ first_run_id: string }>(
    'SELECT first_run_id FROM synchronizations WHERE id = $1',
    [inserted.id],
  );
  return { id: inserted.id, firstRunId: rows[0]?.first_run_id ?? '' };
}

describe('a key', () => {
  const ways: [string, (key: string) => [string, Call]][] = [
    ['the query', (key) => [`api_key=${key}`, {}]],
    ['a JSON body', (key) => ['', { body: { api_key: key } }]],
    [
      'a form',
      (key) => [
        '',
        { body: `api_key=${key}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      ],
    ],
    ['HTTP Basic', (key) => ['', basic('demo', key)]],
    ['a bearer token', (key) => ['', { headers: { authorization: `Bearer ${key}` } }]],
  ];

  it.each(ways)('in %s opens every route', async (_, way) => {
    const one = await ownOne(demo);
    for (const [method, path, status] of routes(one.id, one.firstRunId)) {
      const [query, call] = way(demo.key);
      const answer = await api.call(method, `/api/v1${path}${path.includes('?') ? '&' : '?'}${query}`, call);
      expect([method, path, answer.status]).toEqual([method, path, status]);
    }
  });

  it.each(ways)('that is wrong is refused in %s on every route', async (_, way) => {
    const one = await ownOne(demo);
    for (const [method, path] of routes(one.id, one.firstRunId)) {
      const [query, call] = way('tt_wrong');
      const answer = await api.call(method, `/api/v1${path}${path.includes('?') ? '&' : '?'}${query}`, call);
      expect([answer.status, answer.json]).toEqual([
        401,
        { errors: 'The API key is not valid for this account.' },
      ]);
      expect(answer.headers['www-authenticate']).toContain('Basic');
    }
  });

  it('that is missing is asked for, whatever the id or the body', async () => {
    const one = await ownOne(demo);
    for (const [method, path] of [
      ...routes(one.id, one.firstRunId),
      ['GET', '/synchronizations/nonsense'] as const,
    ]) {
      const { status, json } = await api.call(method, `/api/v1${path}`);
      expect([status, json]).toEqual([401, { errors: expect.stringMatching(/^An API key is required/) }]);
    }
  });

  it('that was revoked is refused, and another of the account goes on working', async () => {
    const revoked = await insertApiKey(api.sql, demo.id, { revoked_at: new Date() });
    expect((await api.call('GET', `/api/v1/synchronizations?api_key=${revoked}`)).status).toBe(401);
    expect((await demo.call('GET', '/synchronizations')).status).toBe(200);
  });

  it('belongs to the user name of HTTP Basic, or is refused', async () => {
    expect((await api.call('GET', '/api/v1/synchronizations', basic('other', demo.key))).status).toBe(401);
    expect((await api.call('GET', '/api/v1/synchronizations', basic('', demo.key))).status).toBe(401);
  });

  it('of a disabled account is locked out', async () => {
    const disabled = await api.customer();
    await api.sql.query("UPDATE accounts SET state = 'disabled' WHERE id = $1", [disabled.id]);
    const { status, json } = await disabled.call('GET', '/synchronizations');
    expect([status, json]).toEqual([403, { error: 'lockout', errors: 'This account is disabled.' }]);
  });
});

describe('an address', () => {
  it.each(['/user/demo', '/u/demo', ''])(
    'below %j has every route, with and without a slash at the end',
    async (prefix) => {
      for (const slash of ['', '/']) {
        const one = await ownOne(demo);
        for (const [method, path, status] of routes(one.id, one.firstRunId)) {
          const [pathname, query = ''] = path.split('?');
          const address = `${prefix}/api/v1${pathname}${slash}?${query}&api_key=${demo.key}`;
          expect([method, address, (await api.call(method, address)).status]).toEqual([
            method,
            address,
            status,
          ]);
        }
      }
    },
  );

  it.each([
    ['/user/demo', 'tables.example.org', 200],
    ['/user/DEMO', 'tables.example.org', 200],
    ['/user/other', 'tables.example.org', 401],
    ['/user/nobody', 'tables.example.org', 401],
    ['/user/%27%20OR%201=1', 'tables.example.org', 401],
    ['', 'demo.tables.example.org', 200],
    ['', 'demo.tables.example.org:8080', 200],
    ['', 'other.tables.example.org', 401],
    ['', 'nobody.tables.example.org', 401],
    ['', 'demo.somewhere.else', 200],
    ['/user/demo', 'other.tables.example.org', 200],
  ])('of path %j and host %j answers the key of demo with %d', async (prefix, host, status) => {
    const path = `${prefix}/api/v1/synchronizations?api_key=${demo.key}`;
    expect((await api.call('GET', path, { headers: { host } })).status).toBe(status);
  });
});

describe('what belongs to somebody else', () => {
  const nobody = '00000000-0000-4000-8000-000000000000';
  const odd = [
    '1',
    'sync_now',
    'null',
    `${nobody}0`,
    `{${nobody}}`,
    "' OR '1'='1",
    `${nobody}'; DROP TABLE accounts; --`,
    '%00',
    '..%2F..',
    'é',
    'a'.repeat(2_000),
  ];

  it('is answered like what never existed, on every route', async () => {
    const { json: unknown } = await other.call('GET', `/synchronizations/${nobody}`);
    expect(unknown).toEqual({ errors: 'There is no such synchronization.' });
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect(await other.call(method, `/synchronizations/${id}`)).toMatchObject({
        status: 404,
        json: unknown,
      });
    }
    for (const method of ['GET', 'PUT']) {
      expect(await other.call(method, `/synchronizations/${id}/sync_now`)).toMatchObject({
        status: 404,
        json: unknown,
      });
    }
    expect(await other.call('PUT', `/synchronizations/${id}`, { body: { interval: 7_200 } })).toMatchObject({
      status: 404,
      json: unknown,
    });
  });

  it('is not changed by trying', async () => {
    const before = await api.sql.query('SELECT * FROM synchronizations WHERE id = $1', [id]);
    await other.call('PUT', `/synchronizations/${id}`, { body: { interval: 7_200 } });
    await other.call('PUT', `/synchronizations/${id}/sync_now`);
    await other.call('DELETE', `/synchronizations/${id}`);
    const after = await api.sql.query('SELECT * FROM synchronizations WHERE id = $1', [id]);
    expect(after.rows).toEqual(before.rows);
  });

  it.each(odd)('is answered like the id %.60j', async (oddId) => {
    const { status, json } = await other.call(
      'GET',
      `/synchronizations/${encodeURIComponent(decodeURIComponent(oddId))}`,
    );
    expect([status, json]).toEqual([404, { errors: 'There is no such synchronization.' }]);
  });

  it('is in nobody else’s list', async () => {
    expect((await other.call('GET', '/synchronizations')).json).not.toMatchObject({
      synchronizations: expect.arrayContaining([expect.objectContaining({ id })]),
    });
  });

  it('is an unknown import, too', async () => {
    const { firstRunId } = await ownOne(demo);
    const unknown = { errors: 'There is no such import.' };
    for (const importId of [firstRunId, nobody, 'nonsense']) {
      expect(await other.call('GET', `/imports/${importId}`)).toMatchObject({ status: 404, json: unknown });
    }
  });
});
