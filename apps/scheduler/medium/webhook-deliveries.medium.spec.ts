import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ServerNats } from '@nestjs/microservices';
import { deliverWebhookV1Pattern, webhookTestType } from '@tidetable/contracts';
import { createMetricsRegistry } from '@tidetable/telemetry';
import { insertAccount, type NatsServer, startNats, waitFor } from '@tidetable/test-harness';
import { schedulerMetrics } from '../src/metrics.js';
import type { SchedulerCheckpoint, SchedulerContext } from '../src/scheduler-context.js';
import { start } from '../src/start.js';
import type { AttemptResult } from '../src/webhooks/decide-delivery.js';
import { forgetWebhooks } from '../src/webhooks/forget-webhooks.js';
import { type AttemptDelivery, WebhookDeliverer } from '../src/webhooks/webhook-deliverer.js';
import { environment, type Metadata, openMetadata, quiet, secondsFromNow } from './fixture.js';
import { deliveries, type DeliveryRow, insertDelivery, insertWebhook, secretOf } from './webhook-rows.js';

type Sent = Parameters<AttemptDelivery>[0];

/** Whether one of the signatures of a message is made with a secret, as a receiver finds out. */
function isSigned({ headers, body }: Sent, secret: string): boolean {
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const wanted = `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
  return headers['webhook-signature']!.split(' ').includes(wanted);
}

describe('deliveries', () => {
  let metadata: Metadata;
  let accountId: string;
  let sent: Sent[];
  beforeAll(async () => {
    metadata = await openMetadata();
  });
  beforeEach(async () => {
    await metadata.clear();
    sent = [];
    accountId = (await insertAccount(metadata.database)).id;
  });
  afterAll(() => metadata.close());

  const answered = (status: number): AttemptResult => ({ outcome: 'answered', status });
  /** A scheduler's part of delivering, whose attempts end as the test says. */
  const deliverer = (
    attempt: (request: Sent) => AttemptResult | Promise<AttemptResult>,
    checkpoint: (name: SchedulerCheckpoint) => Promise<void> = async () => undefined,
  ): WebhookDeliverer => {
    const context: SchedulerContext = {
      database: metadata.database,
      bus: undefined as never, // Nothing of it is used here.
      logger: quiet,
      metrics: schedulerMetrics(createMetricsRegistry(), () => Promise.reject(new Error('not asked'))),
      settings: environment(metadata.url, 'nats://127.0.0.1:1', {
        PUBLIC_URL: 'https://tables.example.org/',
      }),
      checkpoint,
    };
    const noted: AttemptDelivery = async (request) => {
      sent.push(request);
      return attempt(request);
    };
    return new WebhookDeliverer(context, noted, () => undefined);
  };
  /** One round of a scheduler: what is due is tried, and recorded. */
  const deliver = async (...[attempt, checkpoint]: Parameters<typeof deliverer>): Promise<void> => {
    const each = deliverer(attempt, checkpoint);
    await each.deliverDue();
    await each.drain();
  };
  const only = async (): Promise<DeliveryRow> => {
    const [row, ...others] = await deliveries(metadata);
    if (row === undefined || others.length > 0) throw new Error('there is not one delivery');
    return row;
  };
  const makeDue = (): Promise<unknown> =>
    metadata.rows(`UPDATE webhook_deliveries SET next_attempt_at = now() WHERE state = 'pending'`);
  const webhook = (id: string): Promise<{ active: boolean; disabled_reason: string | null }> =>
    metadata.row('SELECT active, disabled_reason FROM webhooks WHERE id = $1', [id]);

  it('are CloudEvents, signed, under one id', async () => {
    const id = await insertDelivery(metadata, await insertWebhook(metadata, accountId));
    await deliver(() => answered(204));
    const { created_at: createdAt } = await metadata.row<{ created_at: Date }>(
      'SELECT * FROM webhook_deliveries',
    );
    expect(sent).toHaveLength(1);
    const [message] = sent;
    expect(message).toMatchObject({
      url: 'https://hooks.example.org/tables?token=hidden',
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8', 'webhook-id': id },
    });
    expect(JSON.parse(message!.body)).toEqual({
      specversion: '1.0',
      id,
      type: 'tidetable.run.failed.v1',
      source: 'https://tables.example.org/api/v2/synchronizations/1',
      subject: '2',
      time: createdAt.toISOString(),
      datacontenttype: 'application/json',
      data: { table: 'häfen' },
    });
    expect(isSigned(message!, secretOf(1))).toBe(true);
    expect(Math.abs(Number(message!.headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(10);
    expect(await only()).toMatchObject({
      state: 'delivered',
      attempts: 1,
      last_status: 204,
      last_code: null,
    });
    await deliver(() => answered(204));
    expect(sent).toHaveLength(1);
  });

  it('are signed with both secrets while the one before is still good', async () => {
    const previous = { previous_secret: secretOf(2), previous_secret_until: secondsFromNow(3_600) };
    const webhookId = await insertWebhook(metadata, accountId, previous);
    await insertDelivery(metadata, webhookId);
    await deliver(() => answered(500));
    await metadata.rows(`UPDATE webhooks SET previous_secret_until = now() - interval '1 second'`);
    await makeDue();
    await deliver(() => answered(200));
    const signedWith = sent.map((message) =>
      [secretOf(1), secretOf(2)].map((secret) => isSigned(message, secret)),
    );
    expect(signedWith).toEqual([
      [true, true],
      [true, false],
    ]);
  });

  it('are tried again after growing pauses, with the same id and the same body', async () => {
    await insertDelivery(metadata, await insertWebhook(metadata, accountId));
    const pauses: number[] = [];
    for (const triedSeconds of [0, 100, 1_000, 10_000]) {
      await metadata.rows(
        `UPDATE webhook_deliveries SET next_attempt_at = now(), series_began_at = CASE WHEN attempts > 0 THEN now() - make_interval(secs => $1) END`,
        [triedSeconds],
      );
      await deliver(() => answered(500));
      const row = await only();
      expect(row).toMatchObject({ state: 'pending', last_status: 500, last_code: 'target-fails' });
      pauses.push((row.next_attempt_at!.getTime() - Date.now()) / 1_000);
    }
    [5, 100, 1_000, 10_000].forEach((seconds, at) => {
      expect(pauses[at]).toBeGreaterThan(seconds * 0.8);
      expect(pauses[at]).toBeLessThan(seconds * 1.2);
    });
    expect(new Set(sent.map(({ body }) => body)).size).toBe(1);
    expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    await makeDue();
    await deliver(() => answered(200));
    expect(await only()).toMatchObject({ state: 'delivered', attempts: 5 });
  });

  it('wait as long as the server wants, and are not held against it while no fetcher answers', async () => {
    await insertDelivery(metadata, await insertWebhook(metadata, accountId));
    await deliver(() => ({ outcome: 'answered', status: 503, retryAfterSeconds: 500 }));
    const busy = await only();
    expect(busy).toMatchObject({ state: 'pending', last_code: 'target-busy' });
    expect((busy.next_attempt_at!.getTime() - Date.now()) / 1_000).toBeGreaterThan(490);
    await metadata.rows(
      `UPDATE webhook_deliveries SET next_attempt_at = now(), series_began_at = now() - interval '2 days'`,
    );
    await deliver(() => null);
    expect(await only()).toMatchObject({ state: 'pending', last_code: 'not-attempted' });
  });

  /** A delivery that is tried for the last time. */
  const afterADay = async (webhookId: string): Promise<string> =>
    insertDelivery(metadata, webhookId, {
      attempts: 18,
      attempted_at: secondsFromNow(-3_600),
      series_began_at: secondsFromNow(-86_401),
    });
  const enabledLongAgo = { enabled_at: secondsFromNow(-200_000) };

  it('are given up after a day, with the webhook, and what else waits for it is dropped', async () => {
    const webhookId = await insertWebhook(metadata, accountId, enabledLongAgo);
    const old = await afterADay(webhookId);
    await insertDelivery(metadata, webhookId, { next_attempt_at: secondsFromNow(60) });
    await deliver(() => ({ outcome: 'failed', code: 'target-timeout' }));
    expect(await webhook(webhookId)).toEqual({ active: false, disabled_reason: 'undelivered' });
    await makeDue();
    await deliver(() => answered(200));
    const rows = await deliveries(metadata);
    expect(rows.find(({ id }) => id === old)).toMatchObject({ state: 'failed', last_code: 'target-timeout' });
    expect(rows.find(({ id }) => id !== old)).toMatchObject({
      state: 'dropped',
      last_code: 'webhook-disabled',
    });
    expect(sent).toHaveLength(1);
    await metadata.rows("UPDATE webhooks SET enabled_at = now() + interval '1 second'");
    expect(await webhook(webhookId)).toMatchObject({ active: true });
  });

  it.each([
    ['something else got through meanwhile', {}, true],
    ['somebody has enabled it again meanwhile', { enabled_at: secondsFromNow(-60) }, false],
  ])('are given up alone where %s', async (_why, columns, hasOther) => {
    const webhookId = await insertWebhook(metadata, accountId, { ...enabledLongAgo, ...columns });
    await afterADay(webhookId);
    if (hasOther) {
      const delivered = { state: 'delivered', ended_at: secondsFromNow(-600), next_attempt_at: null };
      await insertDelivery(metadata, webhookId, delivered);
    }
    await deliver(() => answered(400));
    expect((await deliveries(metadata)).map(({ state }) => state)).toContain('failed');
    expect(await webhook(webhookId)).toEqual({ active: true, disabled_reason: null });
  });

  it('end at once, with the webhook, where the server says that it is gone', async () => {
    const webhookId = await insertWebhook(metadata, accountId);
    await insertDelivery(metadata, webhookId);
    await deliver(() => answered(410));
    expect(await only()).toMatchObject({ state: 'failed', last_status: 410, last_code: 'target-gone' });
    expect(await webhook(webhookId)).toEqual({ active: false, disabled_reason: 'gone' });
  });

  it('are made once more, under the same id, by whoever comes after a scheduler that died before it recorded one', async () => {
    const id = await insertDelivery(metadata, await insertWebhook(metadata, accountId));
    await deliver(
      () => answered(200),
      (name) => (name === 'after-delivery' ? Promise.reject(new Error('dies here')) : Promise.resolve()),
    );
    const leased = await only();
    expect(leased).toMatchObject({ state: 'pending', attempts: 1, last_status: null });
    expect(leased.next_attempt_at!.getTime()).toBeGreaterThan(Date.now() + 10_000);
    await deliver(() => answered(200));
    expect(sent).toHaveLength(1);
    await makeDue();
    await deliver(() => answered(200));
    expect(sent.map(({ headers }) => headers['webhook-id'])).toEqual([id, id]);
    expect(await only()).toMatchObject({ state: 'delivered', attempts: 2 });
  });

  it('are changed in nothing by an attempt that was taken for lost', async () => {
    await insertDelivery(metadata, await insertWebhook(metadata, accountId));
    let answer: (result: AttemptResult) => void = () => undefined;
    const slow = deliverer(() => new Promise((resolve) => (answer = resolve)));
    await slow.deliverDue();
    await makeDue();
    await deliver(() => answered(200));
    answer(answered(500));
    await slow.drain();
    expect(await only()).toMatchObject({ state: 'delivered', attempts: 2, last_status: 200 });
  });

  it('of one webhook whose server is slow hold up no other', async () => {
    const slowId = await insertWebhook(metadata, accountId, { url: 'https://slow.example.org/' });
    const quickId = await insertWebhook(metadata, (await insertAccount(metadata.database)).id);
    for (let at = 0; at < 50; at += 1) {
      await insertDelivery(metadata, slowId, { next_attempt_at: secondsFromNow(-100) });
    }
    for (let at = 0; at < 3; at += 1) await insertDelivery(metadata, quickId);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const each = deliverer(async ({ url }) => {
      if (url.includes('slow')) await held;
      return answered(200);
    });
    await each.deliverDue();
    await each.deliverDue();
    await waitFor(
      async () => (await deliveries(metadata, quickId)).every(({ state }) => state === 'delivered'),
      {
        until: 'the others are delivered',
      },
    );
    expect(sent.filter(({ url }) => url.includes('slow'))).toHaveLength(4);
    release();
    await each.drain();
  });

  it('are made once each by schedulers that work side by side', async () => {
    for (let webhooks = 0; webhooks < 10; webhooks += 1) {
      const webhookId = await insertWebhook(metadata, accountId);
      for (let at = 0; at < 3; at += 1) await insertDelivery(metadata, webhookId);
    }
    const all = [1, 2, 3].map(() => deliverer(() => answered(200)));
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(all.map((each) => each.deliverDue()));
      await Promise.all(all.map((each) => each.drain()));
    }
    expect(sent).toHaveLength(30);
    expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(30);
    expect((await deliveries(metadata)).every(({ state }) => state === 'delivered')).toBe(true);
  });

  it.each(['delivered', 'failed', 'dropped'])(
    'that are %s are made again when somebody asks for it',
    async (state) => {
      const webhookId = await insertWebhook(metadata, accountId);
      const ended = { state, ended_at: secondsFromNow(-90_000), next_attempt_at: null };
      const id = await insertDelivery(metadata, webhookId, {
        ...{
          ...ended,
          attempts: 3,
          attempted_at: secondsFromNow(-90_000),
          series_began_at: secondsFromNow(-180_000),
        },
      });
      await deliver(() => answered(200));
      expect(sent).toEqual([]);
      await metadata.rows('UPDATE webhook_deliveries SET redelivery_requested_at = now() WHERE id = $1', [
        id,
      ]);
      await deliver(() => answered(500));
      // A series of its own begins: it is not given up because the first attempt was days ago.
      expect(await only()).toMatchObject({ state: 'pending', attempts: 4, ended_at: null });
      await makeDue();
      await deliver(() => answered(200));
      expect(await only()).toMatchObject({ state: 'delivered', attempts: 5 });
    },
  );

  it('that are a try reach a disabled webhook, others do not, and neither reaches that of a disabled account', async () => {
    const webhookId = await insertWebhook(metadata, accountId, { enabled: false });
    await insertDelivery(metadata, webhookId);
    await insertDelivery(metadata, webhookId, { event_type: webhookTestType });
    await deliver(() => answered(200));
    expect(sent.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual([webhookTestType]);
    const disabled = await insertAccount(metadata.database, { state: 'disabled' });
    await insertDelivery(metadata, await insertWebhook(metadata, disabled.id), {
      event_type: webhookTestType,
    });
    await deliver(() => answered(200));
    expect(sent).toHaveLength(1);
  });

  it('are forgotten when they are old, and deleted webhooks with theirs', async () => {
    const webhookId = await insertWebhook(metadata, accountId);
    const ended = { state: 'delivered', next_attempt_at: null, ended_at: new Date() };
    await insertDelivery(metadata, webhookId, { ...ended, created_at: secondsFromNow(-15 * 86_400) });
    const kept = await insertDelivery(metadata, webhookId, ended);
    const gone = await insertWebhook(metadata, accountId, { deleted_at: secondsFromNow(-15 * 86_400) });
    await insertDelivery(metadata, gone);
    expect(await forgetWebhooks(metadata.database, 14)).toBe(false);
    expect((await only()).id).toBe(kept);
    expect(await metadata.rows('SELECT id FROM webhooks')).toEqual([{ id: webhookId }]);
  });

  describe('of a scheduler that is up', () => {
    let nats: NatsServer;
    beforeAll(async () => {
      nats = await startNats();
    });
    afterAll(() => nats.stop());

    it('are asked of the fetchers, which are waited for', async () => {
      await insertDelivery(metadata, await insertWebhook(metadata, accountId));
      const scheduler = await start(
        environment(metadata.url, nats.url, { WEBHOOK_INTERVAL_MS: '20' }),
        quiet,
      );
      const fetcher = new ServerNats({ servers: [nats.url] });
      fetcher.addHandler(deliverWebhookV1Pattern, async (request: Sent) => {
        sent.push(request);
        return { outcome: 'answered', status: 200 };
      });
      await new Promise<void>((resolve) => void fetcher.listen(() => resolve()));
      await waitFor(async () => (await only()).state === 'delivered', { until: 'it is delivered' });
      await scheduler.stop();
      await fetcher.close();
      expect(sent).toHaveLength(1);
      expect(isSigned(sent[0]!, secretOf(1))).toBe(true);
    });
  });
});
