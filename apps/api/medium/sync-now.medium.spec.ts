import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { synchronizationDueChannel } from '@tidetable/metadata-db';
import { insertSynchronization, waitFor } from '@tidetable/test-harness';
import { type Answer, type ApiUnderTest, type Customer, startApi } from './api-under-test.js';

let api: ApiUnderTest;
let customer: Customer;

beforeAll(async () => {
  api = await startApi();
  customer = await api.customer();
});
afterAll(() => api.stop());

const ago = (seconds: number): Date => new Date(Date.now() - seconds * 1_000);

/** A synchronization in a state, last attempted so many seconds ago. */
async function given(
  state: string,
  attemptedSecondsAgo: number | null,
  columns: object = {},
): Promise<string> {
  const attempted = attemptedSecondsAgo === null ? {} : { attempted_at: ago(attemptedSecondsAgo) };
  const { id } = await insertSynchronization(api.sql, {
    account_id: customer.id,
    state,
    ...attempted,
    ...columns,
  });
  return id;
}

const syncNow = (id: string): Promise<Answer> => customer.call('PUT', `/synchronizations/${id}/sync_now`);

async function stateOf(id: string): Promise<unknown> {
  return (await customer.call('GET', `/synchronizations/${id}/sync_now`)).json;
}

describe('PUT /api/v1/synchronizations/:id/sync_now', () => {
  it.each([
    ['success', 901, true],
    ['failure', 901, true],
    ['success', 895, false],
    ['failure', 895, false],
    ['created', null, false],
    ['queued', 5_000, false],
    ['syncing', 5_000, false],
  ] as const)(
    'in state %s, last attempted %s seconds ago, answers enqueued %j',
    async (state, secondsAgo, enqueued) => {
      const id = await given(state, secondsAgo);
      expect(await syncNow(id)).toMatchObject({ status: 200, json: { enqueued, synchronization_id: id } });
    },
  );

  it.each(['success', 'failure'])('is allowed at any time when a %s is due anyway', async (state) => {
    const id = await given(state, 10, { run_at: ago(1) });
    expect((await syncNow(id)).json).toMatchObject({ enqueued: true });
  });

  it('holds to the gap for a schedule that stopped, however long its next run is past', async () => {
    const id = await given('failure', 10, { run_at: ago(1), stopped: true });
    expect((await syncNow(id)).json).toMatchObject({ enqueued: false });
  });

  it('revives a schedule that stopped', async () => {
    const id = await given('failure', 901, { stopped: true });
    expect((await syncNow(id)).json).toMatchObject({ enqueued: true });
    const { rows } = await api.sql.query(
      'SELECT due_at = sync_requested_at AS due FROM synchronizations WHERE id = $1',
      [id],
    );
    expect(rows).toEqual([{ due: true }]);
  });

  it('shows the state queued from then on, so that nobody takes the old success for the new one', async () => {
    const id = await given('success', 901);
    expect(await stateOf(id)).toEqual({ state: 'success' });
    await syncNow(id);
    expect(await stateOf(id)).toEqual({ state: 'queued' });
    expect((await customer.call('GET', `/synchronizations/${id}`)).json).toMatchObject({ state: 'queued' });
    expect((await syncNow(id)).json).toMatchObject({ enqueued: false });
  });

  it('is allowed again once the gap after the refresh is over', async () => {
    const id = await given('success', 5_000, { sync_requested_at: ago(4_000) });
    await api.sql.query('UPDATE synchronizations SET attempted_at = $2 WHERE id = $1', [id, ago(901)]);
    expect(await stateOf(id)).toEqual({ state: 'success' });
    expect((await syncNow(id)).json).toMatchObject({ enqueued: true });
  });

  it('allows exactly one of many at once', async () => {
    const id = await given('success', 901);
    const answers = await Promise.all(Array.from({ length: 12 }, () => syncNow(id)));
    const enqueued = answers.filter(({ json }) => (json as { enqueued: boolean }).enqueued);
    expect([answers.length, enqueued.length]).toEqual([12, 1]);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });

  it('tells whoever listens, and only when it enqueued something', async () => {
    const heard: string[] = [];
    const listener = await api.sql.connect();
    try {
      await listener.query(`LISTEN ${synchronizationDueChannel}`);
      listener.on('notification', ({ channel }) => heard.push(channel));
      await syncNow(await given('success', 10));
      await syncNow(await given('success', 901));
      await waitFor(() => heard.length > 0, { until: 'a notification arrived' });
      // Notifications arrive in the order of their commits, so an earlier one would be here by now.
      expect(heard).toEqual([synchronizationDueChannel]);
    } finally {
      listener.release(true);
    }
  });

  it.each([
    ['an empty body of length 0 and no type', {}],
    ['a type and an empty body', { headers: { 'content-type': 'application/json' } }],
    ['a JSON body', { body: { api_key: 'ignored, as the query has one', client: 'x' } }],
  ])('takes %s', async (_, call) => {
    const id = await given('success', 901);
    const { status, json } = await customer.call('PUT', `/synchronizations/${id}/sync_now/`, call);
    expect([status, json]).toEqual([200, { enqueued: true, synchronization_id: id }]);
  });
});

describe('GET /api/v1/synchronizations/:id/sync_now', () => {
  it.each(['created', 'queued', 'syncing', 'success', 'failure'])(
    'answers the state %s and nothing else',
    async (state) => {
      const id = await given(state, state === 'created' ? null : 10);
      expect(await stateOf(id)).toEqual({ state });
    },
  );
});

describe('PUT /api/v1/synchronizations/:id without anything to change', () => {
  it.each([
    ['no body', {}],
    ['an empty object', { body: {} }],
    ['nothing but who asks', { body: { api_key: 'ignored', client: 'carto' } }],
  ])('and with %s asks for a refresh and answers the record', async (_, call) => {
    const id = await given('success', 901);
    const { status, json } = await customer.call('PUT', `/synchronizations/${id}`, call);
    expect([status, json]).toEqual([200, expect.objectContaining({ id, state: 'queued' })]);
  });

  it('answers the record as it is when it is too soon', async () => {
    const id = await given('success', 10);
    const { status, json } = await customer.call('PUT', `/synchronizations/${id}`);
    expect([status, json]).toEqual([200, expect.objectContaining({ id, state: 'success' })]);
  });
});

describe('a configured gap', () => {
  it('of 0 seconds allows a refresh right after the last', async () => {
    const impatient = await startApi({ SYNC_NOW_GAP_SECONDS: '0', MIN_INTERVAL_SECONDS: '1' });
    try {
      const owner = await impatient.customer();
      const { id } = await insertSynchronization(impatient.sql, {
        account_id: owner.id,
        state: 'success',
        attempted_at: ago(0),
      });
      const { json } = await owner.call('PUT', `/synchronizations/${id}/sync_now`);
      expect(json).toEqual({ enqueued: true, synchronization_id: id });
      const { status } = await owner.call('PUT', `/synchronizations/${id}`, { body: { interval: 1 } });
      expect(status).toBe(200);
    } finally {
      await impatient.stop();
    }
  });
});
