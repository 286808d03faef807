import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertRun, insertSynchronization, startNats } from '@tidetable/test-harness';
import { randomUUID } from 'node:crypto';
import { synchronizationSchema } from '../src/v2/synchronizations/synchronization-schema.js';
import { type ApiUnderTest, startApi } from './api-under-test.js';
import { type ScriptedScheduler, startScriptedScheduler } from './scripted-scheduler.js';
import { read, v2Customer, type V2Customer } from './v2-world.js';

let nats: Awaited<ReturnType<typeof startNats>>;
let scheduler: ScriptedScheduler;
let api: ApiUnderTest;
let customer: V2Customer;

beforeAll(async () => {
  nats = await startNats();
  scheduler = await startScriptedScheduler(nats.url);
  api = await startApi({ NATS_URL: nats.url });
  customer = await v2Customer(api);
});
afterAll(async () => {
  await api.stop();
  await scheduler.stop();
  await nats.stop();
});

const source = { type: 'url', url: 'https://example.org/ports.csv' };
const mornings = { cron: '0 6 * * 1-5', time_zone: 'Europe/Berlin' };
const list = '/synchronizations';

async function stored(id: string): Promise<Record<string, unknown>> {
  const { rows } = await api.sql.query<Record<string, unknown>>(
    `SELECT cron, time_zone, interval_seconds, url, state, header_names,
            extract(hour FROM run_at AT TIME ZONE 'Europe/Berlin')::integer AS hour
       FROM synchronizations WHERE id = $1`,
    [id],
  );
  return rows[0] ?? {};
}

async function atRest(columns: object = {}): Promise<string> {
  const { id } = await insertSynchronization(api.sql, {
    ...{ account_id: customer.id, state: 'success', url: source.url, interval_seconds: 3_600 },
    ...columns,
  });
  return id;
}

describe('a schedule by the clock on a wall', () => {
  it('is kept as it was sent, with the next time it comes up', async () => {
    const answer = await customer.call('POST', list, { body: { source, schedule: mornings } });
    expect(answer.status).toBe(201);
    const { id, schedule } = read(synchronizationSchema, answer);
    expect(schedule).toEqual(mornings);
    expect(await stored(id)).toMatchObject({ ...mornings, interval_seconds: 86_400, hour: 6 });
  });

  it('takes the place of an interval, and the other way round', async () => {
    const id = await atRest();
    const change = (schedule: object): ReturnType<V2Customer['call']> =>
      customer.call('PATCH', `${list}/${id}`, { body: { schedule } });
    expect((await change(mornings)).json).toMatchObject({ schedule: mornings });
    expect(await stored(id)).toMatchObject({ ...mornings, hour: 6 });
    expect((await change({ every: 86_400 })).json).toMatchObject({ schedule: { every: 86_400 } });
    expect(await stored(id)).toMatchObject({ cron: null, time_zone: null });
  });

  it.each([
    ['stays when version 1 puts its interval back as it was', 86_400, mornings.cron],
    ['ends when version 1 sets another interval', 7_200, null],
  ])('%s', async (_, interval, cron) => {
    const id = await atRest({ ...mornings, interval_seconds: 86_400 });
    const answer = await api.call('PUT', `/api/v1/synchronizations/${id}?api_key=${customer.key}`, {
      body: { interval },
    });
    expect(answer.status).toBe(200);
    expect(await stored(id)).toMatchObject({ cron, interval_seconds: interval });
  });

  it.each([
    [{ cron: '0 6 * *', time_zone: 'Europe/Berlin' }, 'schedule.cron'],
    [{ cron: '* * * * *', time_zone: 'Europe/Berlin' }, 'schedule.cron'],
    [{ cron: '0 6 30 2 *', time_zone: 'Europe/Berlin' }, 'schedule.cron'],
    [{ cron: '0 6 * * *', time_zone: 'Berlin' }, 'schedule.time_zone'],
    [{ cron: '0 6 * * *' }, 'schedule'],
    [{ ...mornings, every: 3_600 }, 'schedule'],
    [{}, 'schedule'],
  ])('is refused as %j, and which part of it is wrong is said', async (schedule, name) => {
    const answer = await customer.call('POST', list, { body: { source, schedule } });
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({ type: '/problems/fields-invalid', errors: [{ in: 'body', name }] });
  });
});

describe('another address', () => {
  it('is read at once', async () => {
    const id = await atRest();
    const url = 'https://example.org/harbours.csv';
    const answer = await customer.call('PATCH', `${list}/${id}`, { body: { source: { url } } });
    expect(answer.json).toMatchObject({ source: { url } });
    expect(await stored(id)).toMatchObject({ url });
    const { rows } = await api.sql.query(
      'SELECT due_at <= now() AS due FROM synchronizations WHERE id = $1',
      [id],
    );
    expect(rows).toEqual([{ due: true }]);
  });

  it.each(['ftp://example.org/a.csv', 'nowhere', 'https://ann:secret@example.org/a.csv'])(
    'is refused as %s',
    async (url) => {
      const answer = await customer.call('PATCH', `${list}/${await atRest()}`, { body: { source: { url } } });
      expect(answer.status).toBe(422);
      expect(answer.text).not.toContain('secret');
    },
  );
});

describe('cancelling a run', () => {
  async function cancel(run: Record<string, unknown>): Promise<Awaited<ReturnType<V2Customer['call']>>> {
    const id = await atRest();
    const { id: runId } = await insertRun(api.sql, id, run);
    scheduler.asked = [];
    const answer = await customer.call('POST', `${list}/${id}/runs/${runId}/cancel`);
    expect(scheduler.asked).toEqual([{ accountId: customer.id, synchronizationId: id, runId }]);
    return answer;
  }

  it('shows the run as it ended', async () => {
    scheduler.result = 'cancelled';
    const answer = await cancel({ outcome: 'cancelled', finished_at: new Date() });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ outcome: 'cancelled' });
  });

  it.each([
    ['ended', 409, 'run-ended'],
    ['unknown', 404, 'not-found'],
  ] as const)('is refused where the scheduler says %s', async (said, status, code) => {
    scheduler.result = said;
    const answer = await cancel({});
    expect([answer.status, answer.json]).toEqual([
      status,
      expect.objectContaining({ type: `/problems/${code}` }),
    ]);
  });

  it('says so when no scheduler can be asked', async () => {
    const alone = await startApi();
    const someone = await v2Customer(alone);
    const answer = await someone.call('POST', `${list}/${randomUUID()}/runs/${randomUUID()}/cancel`);
    await alone.stop();
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
    expect(answer.json).toMatchObject({ type: '/problems/schedulers-away' });
  });
});
