import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, type ApiUnderTest, startApi } from './api-under-test.js';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi({
    REQUESTS_PER_MINUTE: '5',
    STRANGER_REQUESTS_PER_MINUTE: '4',
    TRUSTED_PROXIES: '127.0.0.1',
  });
});
afterAll(() => api.stop());

/** Asks for a list, as somebody who comes through a proxy from an address. */
const ask = (address: string, key: string | null, path = '/api/v2/synchronizations'): Promise<Answer> =>
  api.call('GET', path, {
    headers: { 'x-forwarded-for': address, ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
  });

async function askOften(
  times: number,
  address: string,
  key: string | null,
  path?: string,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let time = 0; time < times; time += 1) answers.push(await ask(address, key, path));
  return answers;
}

describe('an account', () => {
  it('is told what is left with every answer of both versions, and refused beyond', async () => {
    const { key } = await api.customer();
    const [first] = await askOften(4, '192.0.2.1', key);
    expect([first?.headers['ratelimit-policy'], first?.headers['ratelimit']]).toEqual([
      '"account";q=5;w=60',
      '"account";r=4;t=12',
    ]);
    const last = await ask('192.0.2.1', key, '/api/v1/synchronizations');
    expect([last.status, last.headers['ratelimit']]).toEqual([
      200,
      expect.stringMatching(/^"account";r=0;t=\d+$/),
    ]);
    const v2 = await ask('192.0.2.1', key);
    expect(v2.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(v2.json).toMatchObject({ status: 429, type: '/problems/too-many-requests' });
    const v1 = await ask('192.0.2.1', key, '/api/v1/synchronizations');
    expect([v1.status, v1.json]).toEqual([
      429,
      {
        error: 'too-many-requests',
        errors: expect.stringMatching(/^There were too many requests of this account/),
      },
    ]);
    for (const { headers } of [v1, v2]) {
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(12);
      expect(headers['ratelimit']).toMatch(/^"account";r=0;t=\d+$/);
    }
  });

  it('does not lose what another uses', async () => {
    const [one, other] = [await api.customer(), await api.customer()];
    await askOften(6, '192.0.2.2', one.key);
    expect((await ask('192.0.2.2', other.key)).status).toBe(200);
  });

  it('may have a limit of its own', async () => {
    const { key, id } = await api.customer();
    await api.sql.query('UPDATE accounts SET requests_per_minute_max = 2 WHERE id = $1', [id]);
    const statuses = (await askOften(3, '192.0.2.3', key)).map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 429]);
  });
});

describe('an address', () => {
  it.each([
    ['192.0.2.10', null, 401, '/api/v2/synchronizations'],
    ['192.0.2.11', 'tt_wrong', 401, '/api/v2/synchronizations'],
    ['192.0.2.12', null, 401, '/api/v1/synchronizations'],
    ['192.0.2.13', 'tt_wrong', 401, '/api/v1/synchronizations'],
    ['192.0.2.14', null, 200, '/openapi.json'],
    ['2001:db8::7', null, 404, '/nothing'],
  ])('%s with the key %j is refused after so many answers of %i', async (address, key, status, path) => {
    const answers = await askOften(5, address, key, path);
    expect(answers.map((answer) => answer.status)).toEqual([status, status, status, status, 429]);
    expect(Number(answers[4]?.headers['retry-after'])).toBeGreaterThan(0);
    expect(answers[4]?.headers['ratelimit-policy']).toBe('"address";q=4;w=60');
  });

  it('from which too many strangers came goes on for keys that were good before, and others have their own', async () => {
    const { key } = await api.customer();
    expect((await ask('192.0.2.20', key)).status).toBe(200);
    await askOften(5, '192.0.2.20', 'tt_wrong');
    expect((await ask('192.0.2.20', key)).status).toBe(200);
    expect((await ask('192.0.2.21', null)).status).toBe(401);
  });

  it('is never too often for those who watch', async () => {
    const statuses = (await askOften(6, '192.0.2.30', null, '/livez')).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});
