import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { insertSynchronization } from '@tidetable/test-harness';
import { synchronizationSchema } from '../src/v2/synchronizations/synchronization-schema.js';
import { type ApiUnderTest, startApi } from './api-under-test.js';
import { read, v2Customer, type V2Customer } from './v2-world.js';

let api: ApiUnderTest;
let customer: V2Customer;
let other: V2Customer;

beforeAll(async () => {
  api = await startApi();
  customer = await v2Customer(api);
  other = await v2Customer(api);
});
afterAll(() => api.stop());

const source = { type: 'url', url: 'https://example.org/ports.csv' };
const list = '/synchronizations';

async function countOf(accountId: string): Promise<number> {
  const { rows } = await api.sql.query<{ count: number }>(
    'SELECT count(*)::integer AS count FROM synchronizations WHERE account_id = $1',
    [accountId],
  );
  return rows[0]?.count ?? 0;
}

describe('creating', () => {
  it('fills in what is left out, and says where the new one is', async () => {
    const answer = await customer.call('POST', list, { body: { source } });
    expect(answer.status).toBe(201);
    const created = read(synchronizationSchema, answer);
    expect(created).toMatchObject({
      source: { ...source, header_names: [], has_basic_auth: false },
      schedule: { every: 3_600 },
      options: {
        type_guessing: true,
        quoted_fields_guessing: true,
        content_guessing: false,
        member: null,
        layer: null,
      },
      table: { schema: customer.username, name: null, requested_name: null },
      state: 'created',
      stopped: false,
      last_failure: null,
      imported: null,
    });
    const address = String(answer.headers['location']);
    expect(address).toBe(`/api/v2/synchronizations/${created.id}`);
    const shown = await customer.call('GET', address.replace('/api/v2', ''));
    expect(shown.json).toEqual(created);
    expect(shown.headers['etag']).toBe(answer.headers['etag']);
  });

  it('takes everything that is sent', async () => {
    const body = {
      source,
      schedule: { every: 900 },
      table: { name: 'harbours' },
      options: {
        type_guessing: false,
        quoted_fields_guessing: false,
        content_guessing: true,
        member: 'a.csv',
        layer: 'b',
      },
    };
    const created = read(synchronizationSchema, await customer.call('POST', list, { body }));
    expect(created).toMatchObject({
      schedule: body.schedule,
      options: body.options,
      table: { requested_name: 'harbours' },
    });
  });

  it.each<[string, object, string]>([
    ['no source', {}, 'source'],
    ['a source of no type', { source: { url: source.url } }, 'source.type'],
    ['a service and a URL at once', { source: { ...source, service: 'gdrive' } }, 'source.service'],
    ['an address that is none', { source: { type: 'url', url: 'ftp://example.org' } }, 'source.url'],
    [
      'an address with a password',
      { source: { type: 'url', url: 'https://u:secret@example.org' } },
      'source.url',
    ],
    ['an unknown service', { source: { type: 'service', service: 's3', item_id: 'x' } }, 'source.service'],
    ['too short an interval', { source, schedule: { every: 899 } }, 'schedule.every'],
    ['an interval in words', { source, schedule: { every: '3600' } }, 'schedule.every'],
    ['a field with a typo', { source, tabel: { name: 'secret' } }, 'tabel'],
    ['an option with a typo', { source, options: { guess: true } }, 'options.guess'],
    ['a name with a control character', { source, table: { name: 'a\u0007' } }, 'table.name'],
    ['headers that are none', { source: { ...source, headers: { Host: 'secret' } } }, 'source.headers'],
  ])('refuses %s and names the field', async (_, body, name) => {
    const before = await countOf(customer.id);
    const answer = await customer.call('POST', list, { body });
    expect(answer).toMatchObject({ status: 422, json: { type: '/problems/fields-invalid' } });
    const { errors } = answer.json as { errors: { in: string; name: string }[] };
    expect(errors.map((error) => [error.in, error.name])).toContainEqual(['body', name]);
    expect(answer.text).not.toContain('secret');
    expect(await countOf(customer.id)).toBe(before);
  });

  it.each<[string, number, string, string | object, Record<string, string>]>([
    ['what is no JSON', 400, 'body-malformed', '{', { 'content-type': 'application/json' }],
    ['a list', 400, 'body-malformed', '[]', { 'content-type': 'application/json' }],
    ['a form', 415, 'media-type-unsupported', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['no media type', 415, 'media-type-unsupported', '{}', {}],
    ['too much', 413, 'body-too-large', { x: 'x'.repeat(1_048_576) }, {}],
    [
      'headers for want of fetchers',
      503,
      'fetchers-away',
      { source: { ...source, headers: { A: 'b' } } },
      {},
    ],
  ])('answers %s with %i %s', async (_, status, code, body, headers) => {
    const answer = await customer.call('POST', list, { body, headers });
    expect(answer).toMatchObject({ status, json: { status, type: `/problems/${code}` } });
    expect(answer.text).not.toMatch(/FST_|fastify/i);
  });
});

describe('an Idempotency-Key', () => {
  const headers = (key: string): Record<string, string> => ({ 'idempotency-key': key });

  it('gets the same answer again, and nothing is made twice', async () => {
    const before = await countOf(customer.id);
    const call = { body: { source }, headers: headers('again') };
    const first = await customer.call('POST', list, call);
    const second = await customer.call('POST', list, call);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(second).toMatchObject({
      status: 201,
      json: first.json,
      headers: {
        etag: first.headers['etag'],
        location: first.headers['location'],
        'idempotent-replayed': 'true',
      },
    });
    expect(await countOf(customer.id)).toBe(before + 1);
  });

  it('makes one of many that are sent at once', async () => {
    const before = await countOf(customer.id);
    const call = { body: { source }, headers: headers('at once') };
    const answers = await Promise.all(Array.from({ length: 8 }, () => customer.call('POST', list, call)));
    const made = answers.filter(({ status }) => status === 201);
    const waiting = answers.filter(({ status }) => status === 409);
    expect(made.length).toBeGreaterThan(0);
    expect(made.length + waiting.length).toBe(8);
    expect(new Set(made.map(({ json }) => (json as { id: string }).id)).size).toBe(1);
    for (const answer of waiting) {
      expect(answer).toMatchObject({
        headers: { 'retry-after': '1' },
        json: { type: '/problems/request-in-flight' },
      });
    }
    expect(await countOf(customer.id)).toBe(before + 1);
  });

  it('tells that a first request is in hand', async () => {
    const client = await api.sql.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
        `idempotency ${customer.id} in hand`,
      ]);
      const answer = await customer.call('POST', list, { body: { source }, headers: headers('in hand') });
      expect(answer).toMatchObject({ status: 409, json: { type: '/problems/request-in-flight' } });
      await client.query('ROLLBACK');
    } finally {
      client.release();
    }
    const answer = await customer.call('POST', list, { body: { source }, headers: headers('in hand') });
    expect(answer.status).toBe(201);
  });

  it('is refused for another request, and is another one for another account', async () => {
    const call = { body: { source }, headers: headers('other') };
    const first = await customer.call('POST', list, call);
    const changed = { ...call, body: { source, schedule: { every: 7_200 } } };
    expect(await customer.call('POST', list, changed)).toMatchObject({
      status: 422,
      json: { type: '/problems/idempotency-key-reused' },
    });
    const ofOther = await other.call('POST', list, call);
    expect(ofOther.status).toBe(201);
    expect((ofOther.json as { id: string }).id).not.toBe((first.json as { id: string }).id);
  });

  it('is free again after a day, and after a refusal at once', async () => {
    const call = { body: { source }, headers: headers('old') };
    const refused = await customer.call('POST', list, { ...call, body: {} });
    expect(refused.status).toBe(422);
    const first = await customer.call('POST', list, call);
    await api.sql.query("UPDATE idempotency_keys SET created_at = now() - interval '25 hours'");
    const second = await customer.call('POST', list, call);
    expect((second.json as { id: string }).id).not.toBe((first.json as { id: string }).id);
    const { rows } = await api.sql.query(
      "SELECT FROM idempotency_keys WHERE created_at < now() - interval '1 day'",
    );
    expect(rows).toHaveLength(0);
  });

  it.each(['', 'x'.repeat(256), 'caf\u00e9'])('that cannot be is refused: "%s"', async (key) => {
    const answer = await customer.call('POST', list, { body: { source }, headers: headers(key) });
    expect(answer).toMatchObject({
      status: 400,
      json: { type: '/problems/parameters-invalid', errors: [{ in: 'header', name: 'Idempotency-Key' }] },
    });
  });

  it('keeps nothing in the database by which what was sent could be guessed', async () => {
    await customer.call('POST', list, { body: { source }, headers: headers('hashed') });
    await other.call('POST', list, { body: { source }, headers: headers('hashed') });
    const { rows } = await api.sql.query<{ request_hash: Buffer }>(
      "SELECT request_hash FROM idempotency_keys WHERE key = 'hashed'",
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]?.request_hash).not.toEqual(rows[1]?.request_hash);
  });
});

describe('one that is there', () => {
  let path: string;
  let id: string;
  beforeEach(async () => {
    ({ id } = await insertSynchronization(api.sql, { account_id: customer.id, state: 'success' }));
    path = `${list}/${id}`;
  });

  const tagOf = async (): Promise<string> => String((await customer.call('GET', path)).headers['etag']);

  it('is changed in what is sent and in nothing else', async () => {
    const before = read(synchronizationSchema, await customer.call('GET', path));
    const answer = await customer.call('PATCH', path, {
      body: { schedule: { every: 7_200 }, options: { layer: 'roads' } },
    });
    expect(answer.status).toBe(200);
    const after = read(synchronizationSchema, answer);
    expect(after).toEqual({
      ...before,
      schedule: { every: 7_200 },
      options: { ...before.options, layer: 'roads' },
      next_run_at: after.next_run_at,
    });
    expect(answer.headers['etag']).toBe(await tagOf());
  });

  it.each(['PATCH', 'DELETE'])(
    '%s does nothing to another version than the one that is meant',
    async (method) => {
      const stale = await tagOf();
      await customer.call('PATCH', path, { body: { schedule: { every: 7_200 } } });
      const current = await customer.call('GET', path);
      for (const ifMatch of [stale, '"other"', `W/${String(current.headers['etag'])}`]) {
        const call = {
          body: method === 'PATCH' ? { schedule: { every: 1_800 } } : '',
          headers: { 'if-match': ifMatch },
        };
        expect(await customer.call(method, path, call)).toMatchObject({
          status: 412,
          json: { type: '/problems/precondition-failed' },
        });
      }
      expect((await customer.call('GET', path)).json).toEqual(current.json);
    },
  );

  it('is changed and ended as the version that is meant', async () => {
    const changed = await customer.call('PATCH', path, {
      body: { schedule: { every: 7_200 } },
      headers: { 'if-match': await tagOf() },
    });
    expect(changed.status).toBe(200);
    const ended = await customer.call('DELETE', path, {
      headers: { 'if-match': String(changed.headers['etag']) },
    });
    expect(ended).toMatchObject({ status: 204, text: '' });
    expect((await customer.call('GET', path)).status).toBe(404);
    expect((await customer.call('DELETE', path)).status).toBe(404);
  });

  it('is changed by one of two that mean the same version', async () => {
    const headers = { 'if-match': await tagOf() };
    const answers = await Promise.all(
      [1_800, 7_200].map((every) => customer.call('PATCH', path, { body: { schedule: { every } }, headers })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it.each<[string, object, string]>([
    ['a state', { state: 'success' }, 'state'],
    ['too short an interval', { schedule: { every: 1 } }, 'schedule.every'],
  ])('is not changed in %s', async (_, body, name) => {
    expect(await customer.call('PATCH', path, { body })).toMatchObject({
      status: 422,
      json: { type: '/problems/fields-invalid', errors: [{ in: 'body', name }] },
    });
  });

  it.each([
    ['PATCH', '', { body: {} }],
    ['DELETE', '', {}],
    ['POST', '/runs', {}],
  ])('is not there for others: %s %s', async (method, below, call) => {
    const answer = await other.call(method, path + below, call);
    expect(answer).toMatchObject({ status: 404, json: { type: '/problems/not-found' } });
    expect((await customer.call('GET', path)).json).toMatchObject({ state: 'success' });
  });

  describe('when a refresh is asked for', () => {
    const attempted = (secondsAgo: number, columns = ''): Promise<unknown> =>
      api.sql.query(
        `UPDATE synchronizations SET attempted_at = now() - make_interval(secs => $2) ${columns} WHERE id = $1`,
        [id, secondsAgo],
      );

    it('is queued, 900 s after the last attempt and not before', async () => {
      await attempted(890);
      const tooSoon = await customer.call('POST', `${path}/runs`);
      expect(tooSoon).toMatchObject({ status: 429, json: { type: '/problems/refresh-too-soon' } });
      const seconds = Number(tooSoon.headers['retry-after']);
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(10);
      await attempted(901);
      const answer = await customer.call('POST', `${path}/runs`);
      expect(answer.status).toBe(202);
      expect(read(synchronizationSchema, answer)).toMatchObject({ id, state: 'queued' });
    });

    it('is refused while one was asked for or is under way', async () => {
      await attempted(901);
      await customer.call('POST', `${path}/runs`);
      const refused = { status: 409, json: { type: '/problems/run-open' } };
      expect(await customer.call('POST', `${path}/runs`)).toMatchObject(refused);
      await attempted(901, ", sync_requested_at = NULL, state = 'syncing'");
      expect(await customer.call('POST', `${path}/runs`)).toMatchObject(refused);
    });

    it('is asked for once with an Idempotency-Key', async () => {
      await attempted(901);
      const call = { headers: { 'idempotency-key': `refresh ${id}` } };
      const first = await customer.call('POST', `${path}/runs`, call);
      const second = await customer.call('POST', `${path}/runs`, call);
      expect(second).toMatchObject({ status: 202, json: first.json });
    });
  });
});
