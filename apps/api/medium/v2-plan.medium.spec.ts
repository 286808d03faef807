import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PlanSourceV1Reply } from '@tidetable/contracts';
import { insertSynchronization, type NatsServer, startNats, waitFor } from '@tidetable/test-harness';
import { request as sendRequest } from 'node:http';
import { planEndpoints } from '../src/v2/plan/plan-endpoints.js';
import { planSchema } from '../src/v2/plan/plan-schema.js';
import { type Answer, type ApiUnderTest, startApi } from './api-under-test.js';
import { exampleTablePlan, type ScriptedPlanner, startScriptedPlanner } from './scripted-planner.js';
import { read, v2Customer, type V2Customer } from './v2-world.js';

const url = 'https://data.example.org/ports.csv';
const [endpoint] = planEndpoints({ planTimeoutMs: 1_000 } as Parameters<typeof planEndpoints>[0]);

let nats: NatsServer;
let api: ApiUnderTest;
let planner: ScriptedPlanner;
let customer: V2Customer;
let other: V2Customer;

beforeAll(async () => {
  nats = await startNats();
  planner = await startScriptedPlanner(nats.url);
  api = await startApi({ NATS_URL: nats.url });
  customer = await v2Customer(api);
  other = await v2Customer(api);
});
afterAll(async () => {
  await api.stop();
  await planner.stop();
  await nats.stop();
});
beforeEach(() => {
  planner.asked = [];
  planner.cancelled = [];
  planner.answer = () => ({ outcome: 'planned', plan: exampleTablePlan });
});

const plan = (body: object, by = customer): Promise<Answer> =>
  by.call('POST', '/synchronizations/plan', { body });
const ofUrl = { source: { type: 'url', url } };

describe('a plan', () => {
  it('is answered as the example says', async () => {
    const answer = await plan(endpoint!.example.body!);
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(read(planSchema, answer)).toEqual(endpoint!.example.answer);
    expect((await api.sql.query('SELECT FROM synchronizations')).rowCount).toBe(0);
    expect((await api.sql.query('SELECT FROM runs')).rowCount).toBe(0);
  });

  it('is asked for with what was said, and the limits of the account', async () => {
    await api.sql.query('UPDATE accounts SET rows_max = 7 WHERE id = $1', [customer.id]);
    await plan({
      source: { type: 'url', url, headers: { 'X-Key': 'k' }, basic_auth: { username: 'a', password: 'b' } },
      options: { type_guessing: false, layer: 'ports' },
    });
    expect(planner.asked).toMatchObject([
      {
        accountId: customer.id,
        source: { kind: 'url', url },
        headers: { 'X-Key': 'k' },
        basicAuth: { username: 'a', password: 'b' },
        options: { typeGuessing: false, quotedFieldsGuessing: true, layer: 'ports', limits: { rows: 7 } },
        synchronizationId: null,
      },
    ]);
    await plan({ source: { type: 'service', service: 'gdrive', item_id: 'f' } }, other);
    expect(planner.asked[1]).toMatchObject({
      source: { kind: 'service', service: 'gdrive', itemId: 'f', accountId: other.id },
    });
  });

  it.each<[string, number, string, PlanSourceV1Reply]>([
    [
      'a source that is not there',
      422,
      'source-not-found',
      { outcome: 'failed', failure: { code: 'source-not-found', detail: 'status 404' } },
    ],
    ['too many at a time', 429, 'plans-too-many', { outcome: 'busy' }],
    ['a time that is over', 504, 'plan-timed-out', { outcome: 'timed-out' }],
    ['no importer', 503, 'importers-away', { outcome: 'importers-away' }],
    ['secrets over http', 422, 'fields-invalid', { outcome: 'over-http' }],
    ['two authorizations', 422, 'fields-invalid', { outcome: 'two-authorizations' }],
  ])('of %s is a problem: %i %s', async (_what, status, code, reply) => {
    planner.answer = () => reply;
    const answer = await plan(ofUrl);
    expect(answer.json).toMatchObject({ status, type: `/problems/${code}`, remedy: expect.any(String) });
    expect(answer.status).toBe(status);
    if (status === 429) expect(answer.headers['retry-after']).toBe('5');
  });

  it.each<[string, object, string]>([
    ['nothing', {}, 'source'],
    ['another scheme', { source: { type: 'url', url: 'ftp://example.org/secret' } }, 'source.url'],
    ['a password in the address', { source: { type: 'url', url: 'https://a:secret@b.org/' } }, 'source.url'],
    ['headers that travel', { source: { type: 'url', url, headers: { host: 'secret' } } }, 'source.headers'],
    ['a field with a typo', { ...ofUrl, option: 1 }, 'option'],
    ['an id that is none', { synchronization_id: 'secret' }, 'synchronization_id'],
  ])('refuses %s, and repeats no value', async (_what, body, name) => {
    const answer = await plan(body);
    expect(answer.json).toMatchObject({ type: '/problems/fields-invalid', errors: [{ in: 'body', name }] });
    expect(answer.text).not.toContain('secret');
    expect(planner.asked).toEqual([]);
  });

  it('is compared with the table of a synchronization, by its id or by the name of its table', async () => {
    const row = { account_id: customer.id, name: 'ports', url, header_names: ['X-Key'] };
    const { id } = await insertSynchronization(api.sql, row);
    await plan({ synchronization_id: id });
    await plan({ ...ofUrl, table: { name: 'ports' } });
    await plan({ ...ofUrl, synchronization_id: id });
    expect(planner.asked.map(({ synchronizationId }) => synchronizationId)).toEqual([id, id, id]);
    // What was kept for its requests is used for its own source only.
    expect(planner.asked.map(({ source }) => source)).toEqual([
      { kind: 'url', url, credentialsOf: { synchronizationId: id, accountId: customer.id } },
      { kind: 'url', url },
      { kind: 'url', url },
    ]);
  });

  it("of another account's synchronization is answered like one of none", async () => {
    const { id } = await insertSynchronization(api.sql, { account_id: customer.id, name: 'mine' });
    const missing = await plan({ synchronization_id: '0b9d5c3e-6f1a-4c58-9a55-3d2f8f1f6aff' }, other);
    const hidden = await plan({ synchronization_id: id }, other);
    expect([hidden.status, missing.status]).toEqual([404, 404]);
    await plan({ ...ofUrl, table: { name: 'mine' } }, other);
    expect(planner.asked.map(({ synchronizationId }) => synchronizationId)).toEqual([null]);
  });

  it('is cancelled when the client goes away', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    planner.answer = async () => {
      await released;
      return { outcome: 'cancelled' };
    };
    const request = sendRequest({
      ...{ host: '127.0.0.1', port: api.port, method: 'POST', path: '/api/v2/synchronizations/plan' },
      headers: { authorization: `Bearer ${customer.key}`, 'content-type': 'application/json' },
    });
    request.on('error', () => undefined).end(JSON.stringify(ofUrl));
    await waitFor(() => planner.asked.length === 1, { until: 'the plan is under way' });
    request.destroy();
    await waitFor(() => planner.cancelled.length === 1, { until: 'the fetchers are told' });
    release();
    expect(planner.cancelled).toEqual([planner.asked[0]!.planId]);
  });
});

describe('without a fetcher', () => {
  it('no plan is made', async () => {
    const alone = await startApi();
    const answer = await plan(ofUrl, await v2Customer(alone)).finally(() => alone.stop());
    expect(answer.json).toMatchObject({ status: 503, type: '/problems/fetchers-away' });
  });
});
