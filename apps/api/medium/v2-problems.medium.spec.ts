import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertSynchronization } from '@tidetable/test-harness';
import { type Answer, type ApiUnderTest, startApi } from './api-under-test.js';
import { v2Customer, type V2Customer } from './v2-world.js';

let api: ApiUnderTest;
let customer: V2Customer;
let other: V2Customer;
let id: string;

beforeAll(async () => {
  api = await startApi();
  customer = await v2Customer(api);
  other = await v2Customer(api);
  id = (await insertSynchronization(api.sql, { account_id: customer.id })).id;
});
afterAll(() => api.stop());

const uuidOfNothing = '0b9d5c3e-6f1a-4c58-9a55-3d2f8f1f6aff';

/** The problem in an answer, which has all that each problem has. */
function problemIn(answer: Answer): Record<string, unknown> {
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json(;|$)/);
  const problem = answer.json as Record<string, unknown>;
  expect(problem).toMatchObject({
    type: expect.stringMatching(/^\/problems\/[a-z-]+$/),
    title: expect.stringMatching(/./),
    status: answer.status,
    detail: expect.stringMatching(/./),
    instance: `urn:uuid:${String(answer.headers['x-request-id'])}`,
    remedy: expect.stringMatching(/./),
  });
  return problem;
}

describe('a problem', () => {
  it.each<[string, number, string, string, string, { headers?: Record<string, string>; body?: string }]>([
    ['an unknown address', 404, 'not-found', 'GET', '/nothing', {}],
    ['an address with nothing below the version', 404, 'not-found', 'GET', '', {}],
    ['an id of nothing', 404, 'not-found', 'GET', `/synchronizations/${uuidOfNothing}`, {}],
    ['an id that cannot be', 404, 'not-found', 'GET', '/synchronizations/1', {}],
    ['an address that cannot be decoded', 400, 'request-malformed', 'GET', '/synchronizations/%zz', {}],
    ['a method that is nowhere', 405, 'method-not-allowed', 'PUT', '/synchronizations', {}],
    ['an unknown parameter', 400, 'parameters-invalid', 'GET', '/synchronizations?stat=success', {}],
    ['a key in the query', 400, 'parameters-invalid', 'GET', '/synchronizations?api_key=x', {}],
    ['a limit of 0', 400, 'parameters-invalid', 'GET', '/synchronizations?limit=0', {}],
    ['a limit of 201', 400, 'parameters-invalid', 'GET', '/synchronizations?limit=201', {}],
    ['a limit given twice', 400, 'parameters-invalid', 'GET', '/synchronizations?limit=1&limit=2', {}],
    ['an unknown state', 400, 'parameters-invalid', 'GET', '/synchronizations?state=success,done', {}],
    ['an unknown service', 400, 'parameters-invalid', 'GET', '/synchronizations?service=s3', {}],
    ['an empty name', 400, 'parameters-invalid', 'GET', '/synchronizations?name=', {}],
    ['a name with NUL', 400, 'parameters-invalid', 'GET', '/synchronizations?name=a%00', {}],
    [
      'a time without a zone',
      400,
      'parameters-invalid',
      'GET',
      '/synchronizations?due_before=2026-01-01',
      {},
    ],
    ['a cursor that is none', 400, 'cursor-invalid', 'GET', '/synchronizations?cursor=x', {}],
    [
      'a media type that is not there',
      406,
      'not-acceptable',
      'GET',
      '/synchronizations',
      { headers: { accept: 'text/csv' } },
    ],
  ])('answers %s with %i %s', async (_, status, code, method, path, call) => {
    const answer = await customer.call(method, path, call);
    expect(problemIn(answer)).toMatchObject({ status, type: `/problems/${code}` });
    expect(answer.text).not.toMatch(/FST_|Cannot GET|Nest|fastify/i);
  });

  it('names each part that is wrong, and repeats no value', async () => {
    const answer = await customer.call('GET', '/synchronizations?limit=secret&state=secret&wrong=secret');
    expect(problemIn(answer)['errors']).toEqual(
      expect.arrayContaining([
        { in: 'query', name: 'limit', detail: 'must be a whole number from 1 to 200' },
        { in: 'query', name: 'state', detail: expect.stringMatching(/^must be one or several of/) },
        { in: 'query', name: 'wrong', detail: 'is not known here' },
      ]),
    );
    expect(answer.text).not.toContain('secret');
  });

  it('says which methods an address has', async () => {
    const answer = await customer.call('DELETE', '/synchronizations');
    expect(answer.headers['allow']).toMatch(/\bGET\b/);
  });

  it.each([
    ['no key', {}, 401, 'key-missing'],
    ['an unknown key', { authorization: 'Bearer tt_unknown' }, 401, 'key-invalid'],
    ['a scheme that is none of ours', { authorization: 'Digest x' }, 401, 'key-missing'],
  ])('tells who shows %s', async (_, headers, status, code) => {
    const answer = await api.call('GET', '/api/v2/synchronizations', { headers });
    expect(problemIn(answer)).toMatchObject({ status, type: `/problems/${code}` });
    expect(answer.headers['www-authenticate']).toBe('Basic realm="Tidetable", Bearer');
  });

  it('tells a key under the name of another account like an unknown one', async () => {
    const shown: Record<string, string>[] = [
      { authorization: `Basic ${Buffer.from(`${other.username}:${customer.key}`).toString('base64')}` },
      { authorization: `Bearer ${customer.key}`, host: `${other.username}.localhost` },
    ];
    for (const headers of shown) {
      const answer = await api.call('GET', '/api/v2/synchronizations', { headers });
      expect(problemIn(answer)).toMatchObject({ status: 401, type: '/problems/key-invalid' });
    }
  });

  it('tells a disabled account so', async () => {
    const disabled = await v2Customer(api);
    await api.sql.query("UPDATE accounts SET state = 'disabled' WHERE id = $1", [disabled.id]);
    const answer = await disabled.call('GET', '/synchronizations');
    expect(problemIn(answer)).toMatchObject({ status: 403, type: '/problems/account-disabled' });
  });

  it('has a page at its type, with what happened and what to do', async () => {
    const { json } = await customer.call('GET', '/synchronizations/1');
    const page = await api.call('GET', (json as { type: string }).type);
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.text).toContain('There is nothing at this address');
    expect(page.text).toContain('Check the address');
    expect((await api.call('GET', '/problems/source-not-found')).text).toContain('error_code');
    expect((await api.call('GET', '/problems/nothing')).status).toBe(404);
  });
});

describe('a synchronization of another account', () => {
  it('is answered like one that does not exist', async () => {
    const hidden = await other.call('GET', `/synchronizations/${id}`);
    const missing = await other.call('GET', `/synchronizations/${uuidOfNothing}`);
    const common = ({ json }: Answer): unknown => ({ ...(json as object), instance: null });
    expect(common(hidden)).toEqual(common(missing));
    expect((await other.call('GET', '/synchronizations')).json).toEqual({ items: [], next: null });
  });
});
