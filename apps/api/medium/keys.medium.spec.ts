import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertAccount, insertApiKey, insertSynchronization } from '@tidetable/test-harness';
import { keySchema, shownKeySchema } from '../src/v2/keys/key-schema.js';
import { pageSchema } from '../src/v2/list-fields.js';
import { type Answer, type ApiUnderTest, startApi } from './api-under-test.js';
import { read, v2Customer, type V2Customer } from './v2-world.js';

let api: ApiUnderTest;
let customer: V2Customer;

beforeAll(async () => {
  api = await startApi();
  customer = await v2Customer(api);
});
afterAll(() => api.stop());

const statusWith = async (key: string, path = '/synchronizations'): Promise<number> =>
  (await api.call('GET', `/api/v2${path}`, { headers: { authorization: `Bearer ${key}` } })).status;

/** Makes a key by the API. */
async function make(scope: string, name: string | null = null): Promise<{ id: string; key: string }> {
  const answer = await customer.call('POST', '/keys', { body: { scope, name } });
  expect([answer.status, answer.headers['location']]).toEqual([
    201,
    `/api/v2/keys/${read(shownKeySchema, answer).key.id}`,
  ]);
  const { key, api_key: apiKey } = read(shownKeySchema, answer);
  expect(apiKey.startsWith(key.prefix)).toBe(true);
  return { id: key.id, key: apiKey };
}

const stateOf = async (id: string): Promise<string> =>
  read(keySchema, await customer.call('GET', `/keys/${id}`)).state;

describe('a key', () => {
  it('is shown once, and listed without itself', async () => {
    const { id, key } = await make('read', 'Harbour map');
    const list = await customer.call('GET', '/keys');
    expect(read(pageSchema(keySchema), list).items).toContainEqual(
      expect.objectContaining({ id, name: 'Harbour map', scope: 'read', state: 'valid', last_used_at: null }),
    );
    expect(list.text).not.toContain(key);
    const { rows } = await api.sql.query('SELECT * FROM api_keys WHERE id = $1', [id]);
    expect(JSON.stringify(rows)).not.toContain(key);
  });

  it('is listed page by page, oldest first', async () => {
    const owner = await v2Customer(api);
    for (const name of ['one', 'two', 'three'])
      await owner.call('POST', '/keys', { body: { scope: 'write', name } });
    const names: (string | null)[] = [];
    let path: string | null = '/keys?limit=2';
    for (let pages = 0; path !== null && pages < 5; pages += 1) {
      const page: Answer = await owner.call('GET', path);
      const { items, next } = read(pageSchema(keySchema), page);
      names.push(...items.map(({ name }) => name));
      path = next?.replace('/api/v2', '') ?? null;
    }
    expect(names).toEqual([null, 'one', 'two', 'three']);
  });

  it('tells when it was used last, to the hour', async () => {
    const { id, key } = await make('read');
    expect(await statusWith(key)).toBe(200);
    expect(await statusWith(key)).toBe(200);
    const { last_used_at: usedAt } = read(keySchema, await customer.call('GET', `/keys/${id}`));
    expect(usedAt).toMatch(/:00:00\.000Z$/);
  });

  it('that is rotated works beside the new one for as long as was asked for', async () => {
    const old = await make('write', 'loader');
    const answer = await customer.call('POST', `/keys/${old.id}/rotate`, { body: { grace_seconds: 3_600 } });
    const { key, api_key: apiKey } = read(shownKeySchema, answer);
    expect(key).toMatchObject({ name: 'loader', scope: 'write', state: 'valid' });
    expect([await statusWith(old.key), await statusWith(apiKey), await stateOf(old.id)]).toEqual([
      200,
      200,
      'ending',
    ]);
    await api.sql.query('UPDATE api_keys SET expires_at = now() WHERE id = $1', [old.id]);
    expect([await statusWith(old.key), await statusWith(apiKey), await stateOf(old.id)]).toEqual([
      401,
      200,
      'ended',
    ]);
    expect((await customer.call('POST', `/keys/${old.id}/rotate`, { body: {} })).status).toBe(409);
  });

  it('that is rotated without grace ends at once', async () => {
    const old = await make('read');
    await customer.call('POST', `/keys/${old.id}/rotate`, { body: { grace_seconds: 0 } });
    expect(await statusWith(old.key)).toBe(401);
  });

  it('that is revoked opens nothing, and revoking it again changes nothing', async () => {
    const { id, key } = await make('read');
    for (let time = 0; time < 2; time += 1)
      expect((await customer.call('DELETE', `/keys/${id}`)).status).toBe(204);
    expect([await statusWith(key), await stateOf(id)]).toEqual([401, 'revoked']);
  });

  it('that is the last for admins is revoked only by who says so, of several at once one', async () => {
    const owner = await v2Customer(api);
    const second = read(shownKeySchema, await owner.call('POST', '/keys', { body: { scope: 'admin' } }));
    const bearer = { headers: { authorization: `Bearer ${second.api_key}` } };
    const list = read(pageSchema(keySchema), await owner.call('GET', '/keys'));
    const statuses = await Promise.all(
      list.items.map(async ({ id }) => {
        const { status } = await owner.call('DELETE', `/keys/${id}`, bearer);
        return status === 401 ? 409 : status;
      }),
    );
    expect(statuses.sort()).toEqual([204, 409]);
    const left = list.items.map(({ id }) => id);
    const { rows } = await api.sql.query<{ id: string }>(
      'SELECT id FROM api_keys WHERE id = ANY ($1) AND revoked_at IS NULL',
      [left],
    );
    const lastId = rows[0]?.id ?? '';
    const key = lastId === second.key.id ? second.api_key : owner.key;
    const call = { headers: { authorization: `Bearer ${key}` } };
    const refused = await api.call('DELETE', `/api/v2/keys/${lastId}`, call);
    expect(refused.json).toMatchObject({ status: 409, type: '/problems/last-admin-key' });
    expect((await api.call('DELETE', `/api/v2/keys/${lastId}?even_if_last=true`, call)).status).toBe(204);
  });

  it.each([
    [{}, 'scope'],
    [{ scope: 'everything' }, 'scope'],
    [{ scope: 'read', name: '' }, 'name'],
    [{ scope: 'read', name: 'a'.repeat(101) }, 'name'],
    [{ scope: 'read', nam: 'x' }, 'nam'],
  ])('is not made from %j', async (body, field) => {
    const { status, json } = await customer.call('POST', '/keys', { body });
    expect([status, json]).toEqual([
      422,
      expect.objectContaining({ errors: [expect.objectContaining({ name: field })] }),
    ]);
  });
});

describe('a scope in version 1', () => {
  const v1: [scope: 'read' | 'write', method: string, path: string, status: number][] = [
    ['read', 'GET', '/synchronizations', 200],
    ['read', 'GET', '/synchronizations/ID', 200],
    ['read', 'GET', '/synchronizations/ID/sync_now', 200],
    ['read', 'PUT', '/synchronizations/ID/sync_now', 403],
    ['read', 'PUT', '/synchronizations/ID', 403],
    ['read', 'DELETE', '/synchronizations/ID', 403],
    ['read', 'POST', '/synchronizations?url=https://example.org/a.csv', 403],
    ['read', 'POST', '/connections/gdrive', 403],
    ['read', 'DELETE', '/connections/gdrive', 403],
    ['read', 'GET', '/imports/service/gdrive/auth_url', 403],
    ['read', 'GET', '/imports/service/gdrive/validate_code/x', 403],
    ['read', 'GET', '/imports/service/gdrive/oauth_callback', 403],
    ['write', 'POST', '/synchronizations?url=https://example.org/a.csv', 200],
    ['write', 'PUT', '/synchronizations/ID/sync_now', 200],
    ['write', 'DELETE', '/synchronizations/ID', 204],
  ];
  it.each(v1)('of %s answers %s %s with %i', async (scope, method, path, status) => {
    const account = await insertAccount(api.sql);
    const key = await insertApiKey(api.sql, account.id, { scope });
    const { id } = await insertSynchronization(api.sql, { account_id: account.id, state: 'success' });
    const answer = await api.call(method, `/api/v1${path.replace('ID', id)}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(answer.status).toBe(status);
    if (status === 403)
      expect(answer.json).toEqual({
        error: 'scope-insufficient',
        errors: 'This needs a key of scope write; the key that was shown has scope read.',
      });
  });
});
