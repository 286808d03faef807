import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { webhookEventTypes } from '@tidetable/contracts';
import { pageSchema } from '../src/v2/list-fields.js';
import {
  deliverySchema,
  deliveryWithDataSchema,
  newWebhookSchema,
  rotatedSecretSchema,
  webhookSchema,
} from '../src/v2/webhooks/webhook-schema.js';
import { type Answer, type ApiUnderTest, startApi } from './api-under-test.js';
import { read, v2Customer, type V2Customer } from './v2-world.js';

const uuidOfNothing = '0b9d5c3e-6f1a-4c58-9a55-3d2f8f1f6aff';
const url = 'https://hooks.example.org/tables?token=1';
const failed = 'tidetable.run.failed.v1';

describe('webhooks by version 2', () => {
  let api: ApiUnderTest;
  let customer: V2Customer;
  let other: V2Customer;
  beforeAll(async () => {
    api = await startApi();
    customer = await v2Customer(api);
    other = await v2Customer(api);
  });
  afterAll(() => api.stop());

  const create = async (body: object = { url }): Promise<{ id: string; secret: string }> => {
    const answer = await customer.call('POST', '/webhooks', { body });
    expect(answer.status).toBe(201);
    return read(newWebhookSchema, answer);
  };
  const insertDelivery = async (
    webhookId: string,
    columns: Record<string, unknown> = {},
  ): Promise<string> => {
    const all = {
      webhook_id: webhookId,
      event_type: failed,
      event_key: String(Math.random()),
      source: '/',
      payload: { table: 'ports' },
      ...columns,
    };
    const names = Object.keys(all);
    const { rows } = await api.sql.query<{ id: string }>(
      `INSERT INTO webhook_deliveries (${names.join(', ')})
       VALUES (${names.map((_, at) => `$${at + 1}`).join(', ')}) RETURNING id`,
      Object.values(all),
    );
    return rows[0]!.id;
  };
  const ended = (state: string): Record<string, unknown> => ({
    state,
    next_attempt_at: null,
    ended_at: new Date(),
  });

  it('are made with a secret that is shown once', async () => {
    const answer = await customer.call('POST', '/webhooks', { body: { url, description: 'Ours' } });
    const made = read(newWebhookSchema, answer);
    expect(answer.headers).toMatchObject({
      location: `/api/v2/webhooks/${made.id}`,
      'cache-control': 'no-store',
    });
    expect(made).toMatchObject({ url, description: 'Ours', enabled: true, disabled: null });
    expect(made.events).toEqual([...webhookEventTypes]);
    expect(Buffer.from(made.secret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32);
    const shown = await customer.call('GET', `/webhooks/${made.id}`);
    expect(read(webhookSchema, shown)).toMatchObject({ id: made.id, url });
    expect(shown.text + (await customer.call('GET', '/webhooks')).text).not.toContain('whsec_');
  });

  it('are made once for each Idempotency-Key, with the same secret', async () => {
    const headers = { 'idempotency-key': 'our-first' };
    const [first, again] = [
      read(newWebhookSchema, await customer.call('POST', '/webhooks', { body: { url }, headers })),
      read(newWebhookSchema, await customer.call('POST', '/webhooks', { body: { url }, headers })),
    ];
    expect(again).toEqual(first);
  });

  it.each<[string, object, string]>([
    ['no address', {}, 'url'],
    ['an address that is none', { url: 'hooks' }, 'url'],
    ['a file', { url: 'file:///etc/passwd' }, 'url'],
    ['a password in the address', { url: 'https://me:hush@hooks.example.org/' }, 'url'],
    ['a very long address', { url: `https://hooks.example.org/${'x'.repeat(2_048)}` }, 'url'],
    ['no events', { url, events: [] }, 'events'],
    ['an unknown event', { url, events: ['everything'] }, 'events.0'],
    ['a description with NUL', { url, description: 'a\u0000' }, 'description'],
    ['a secret of the customer', { url, secret: 'whsec_x' }, 'secret'],
  ])('are refused with %s', async (_what, body, name) => {
    const answer = await customer.call('POST', '/webhooks', { body });
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({ type: '/problems/fields-invalid', errors: [{ in: 'body', name }] });
    expect(answer.text).not.toContain('hush');
  });

  it('are changed in what is given, and only in the version that is meant', async () => {
    const { id } = await create({ url, events: [failed], description: 'Ours' });
    const { headers } = await customer.call('GET', `/webhooks/${id}`);
    const ifMatch = { 'if-match': String(headers['etag']) };
    const changed = await customer.call('PATCH', `/webhooks/${id}`, {
      body: { enabled: false },
      headers: ifMatch,
    });
    expect(read(webhookSchema, changed)).toMatchObject({
      ...{ url, events: [failed], description: 'Ours', enabled: false },
      disabled: { reason: 'by-request', at: null },
    });
    const late = await customer.call('PATCH', `/webhooks/${id}`, { body: { url }, headers: ifMatch });
    expect([late.status, (late.json as { type: string }).type]).toEqual([
      412,
      '/problems/precondition-failed',
    ]);
    expect((await customer.call('DELETE', `/webhooks/${id}`, { headers: ifMatch })).status).toBe(412);
    const again = await customer.call('PATCH', `/webhooks/${id}`, {
      body: { description: null, enabled: true },
    });
    expect(read(webhookSchema, again)).toMatchObject({ description: null, enabled: true, disabled: null });
  });

  it.each(['gone', 'undelivered'])(
    'that were given up as %s say so, until somebody enables them',
    async (reason) => {
      const { id } = await create();
      await api.sql.query(
        'UPDATE webhooks SET disabled_at = clock_timestamp(), disabled_reason = $2 WHERE id = $1',
        [id, reason],
      );
      const shown = read(webhookSchema, await customer.call('GET', `/webhooks/${id}`));
      expect(shown).toMatchObject({
        enabled: false,
        disabled: {
          reason,
          at: expect.stringMatching(/Z$/),
          sentence: expect.stringMatching(/^It was disabled/),
        },
      });
      const enabled = await customer.call('PATCH', `/webhooks/${id}`, { body: { enabled: true } });
      expect(read(webhookSchema, enabled)).toMatchObject({ enabled: true, disabled: null });
    },
  );

  it('get another secret, and are signed with both for as long as is wanted', async () => {
    const { id, secret } = await create();
    const rotate = async (body: object) =>
      read(rotatedSecretSchema, await customer.call('POST', `/webhooks/${id}/rotate-secret`, { body }));
    const stored = async () =>
      (await api.sql.query<Record<string, unknown>>('SELECT * FROM webhooks WHERE id = $1', [id])).rows[0];
    const second = await rotate({ overlap_seconds: 60 });
    expect(await stored()).toMatchObject({ secret: second.secret, previous_secret: secret });
    const until = new Date(second.previous_secret_until!).getTime();
    expect(Math.abs(until - Date.now() - 60_000)).toBeLessThan(10_000);
    const third = await rotate({ overlap_seconds: 0 });
    expect(third.previous_secret_until).toBeNull();
    expect(await stored()).toMatchObject({ secret: third.secret, previous_secret: null });
    expect(new Set([secret, second.secret, third.secret]).size).toBe(3);
  });

  it('are tried by an event of its own, which is delivered like any other', async () => {
    const { id } = await create();
    const answer = await customer.call('POST', `/webhooks/${id}/test`);
    const delivery = read(deliverySchema, answer);
    expect([answer.status, answer.headers['location']]).toEqual([
      202,
      `/api/v2/webhooks/${id}/deliveries/${delivery.id}`,
    ]);
    expect(delivery).toMatchObject({ event: 'tidetable.webhook.test.v1', state: 'pending', attempts: 0 });
    const shown = await customer.call('GET', `/webhooks/${id}/deliveries/${delivery.id}`);
    expect(read(deliveryWithDataSchema, shown).data).toMatchObject({ webhook_id: id });
  });

  it('list what was sent to them, the latest first, page by page and by state', async () => {
    const { id } = await create();
    const ids: string[] = [];
    for (let at = 0; at < 5; at += 1) {
      const columns = at % 2 === 0 ? { ...ended('failed'), last_status: 500, last_code: 'target-fails' } : {};
      ids.push(
        await insertDelivery(id, { created_at: new Date(Date.UTC(2026, 0, 1, 0, 0, at)), ...columns }),
      );
    }
    const walk = async (query: string): Promise<string[]> => {
      const found: string[] = [];
      let next: string | null = `/webhooks/${id}/deliveries?${query}`;
      for (let pages = 0; next !== null && pages < 10; pages += 1) {
        const answer: Answer = await customer.call('GET', next);
        const page = read(pageSchema(deliverySchema), answer);
        found.push(...page.items.map((item) => item.id));
        next = page.next?.replace('/api/v2', '') ?? null;
      }
      return found;
    };
    expect(await walk('limit=2')).toEqual(ids.toReversed());
    expect(await walk('limit=2&state=failed')).toEqual([ids[4], ids[2], ids[0]]);
    const page = await customer.call('GET', `/webhooks/${id}/deliveries?state=failed&limit=1`);
    expect(read(pageSchema(deliverySchema), page).items[0]).toMatchObject({
      last_status: 500,
      problem: { code: 'target-fails', sentence: expect.any(String), remedy: expect.any(String) },
    });
    const wrong = await customer.call('GET', `/webhooks/${id}/deliveries?cursor=x`);
    expect([wrong.status, (wrong.json as { type: string }).type]).toEqual([400, '/problems/cursor-invalid']);
  });

  it('have an event sent once more when it is asked for, but not while they are disabled', async () => {
    const { id } = await create();
    const deliveryId = await insertDelivery(id, ended('failed'));
    const path = `/webhooks/${id}/deliveries/${deliveryId}`;
    const answer = await customer.call('POST', `${path}/redeliver`);
    expect(answer.status).toBe(202);
    expect(read(deliverySchema, answer)).toMatchObject({ id: deliveryId, state: 'pending', ended_at: null });
    const { rows } = await api.sql.query(
      'SELECT due_at <= clock_timestamp() AS due FROM webhook_deliveries WHERE id = $1',
      [deliveryId],
    );
    expect(rows).toEqual([{ due: true }]);
    await customer.call('PATCH', `/webhooks/${id}`, { body: { enabled: false } });
    expect((await customer.call('POST', `${path}/redeliver`)).status).toBe(409);
  });

  it('are twenty at most, also when they are made at the same time', async () => {
    const many = await v2Customer(api);
    const answers = await Promise.all(
      Array.from({ length: 25 }, () => many.call('POST', '/webhooks', { body: { url } })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(5);
  });

  it('are gone once they are deleted', async () => {
    const { id } = await create();
    expect((await customer.call('DELETE', `/webhooks/${id}`)).status).toBe(204);
    expect((await customer.call('DELETE', `/webhooks/${id}`)).status).toBe(404);
    expect((await customer.call('GET', '/webhooks')).text).not.toContain(id);
  });

  it('of another account are answered like those that do not exist, by every address', async () => {
    const { id } = await create();
    const delivery = await insertDelivery(id, ended('failed'));
    const before = await api.sql.query(
      'SELECT * FROM webhooks w JOIN webhook_deliveries d ON d.webhook_id = w.id',
    );
    const common = ({ status, json }: Answer): unknown => [status, { ...(json as object), instance: null }];
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { enabled: false }],
      ['DELETE', '', undefined],
      ['POST', '/rotate-secret', {}],
      ['POST', '/test', undefined],
      ['GET', '/deliveries', undefined],
      ['GET', `/deliveries/${delivery}`, undefined],
      ['POST', `/deliveries/${delivery}/redeliver`, undefined],
    ] as const) {
      const call = body === undefined ? {} : { body };
      const hidden = await other.call(method, `/webhooks/${id}${path}`, call);
      const missing = await other.call(method, `/webhooks/${uuidOfNothing}${path}`, call);
      expect(hidden.status).toBe(404);
      expect(common(hidden)).toEqual(common(missing));
    }
    expect((await other.call('GET', '/webhooks')).json).toEqual({ items: [] });
    const after = await api.sql.query(
      'SELECT * FROM webhooks w JOIN webhook_deliveries d ON d.webhook_id = w.id',
    );
    expect(after.rows).toEqual(before.rows);
    // A delivery is looked for below its own webhook only.
    const { id: elsewhere } = await create();
    expect((await customer.call('GET', `/webhooks/${elsewhere}/deliveries/${delivery}`)).status).toBe(404);
  });
});
