import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunFinishedV1 } from '@tidetable/contracts';
import { insertAccount, insertSynchronization } from '@tidetable/test-harness';
import { recordFinished } from '../src/record/record-finished.js';
import { recordNews } from '../src/record/record-news.js';
import {
  claim,
  failedEvent,
  importedEvent,
  type Metadata,
  openMetadata,
  openRun,
  type Reference,
  secondsFromNow,
  unchangedEvent,
} from './fixture.js';
import { deliveries, insertWebhook } from './webhook-rows.js';

describe('what webhooks are told of runs', () => {
  let metadata: Metadata;
  let accountId: string;
  beforeAll(async () => {
    metadata = await openMetadata();
  });
  beforeEach(async () => {
    await metadata.clear();
    accountId = (await insertAccount(metadata.database, { username: 'harbour' })).id;
  });
  afterAll(() => metadata.close());

  const synchronization = async (columns: Record<string, unknown> = {}): Promise<string> => {
    const created = { created_at: secondsFromNow(-3_600), account_id: accountId, ...columns };
    return (await insertSynchronization(metadata.database, created)).id;
  };
  const run = async (synchronizationId: string): Promise<Reference> => {
    await metadata.rows(`UPDATE synchronizations SET sync_requested_at = now() WHERE id = $1`, [
      synchronizationId,
    ]);
    await claim(metadata);
    return openRun(metadata, synchronizationId);
  };
  const end = (event: RunFinishedV1): Promise<string> => recordFinished(metadata.database, event, event);
  const types = async (webhookId?: string): Promise<string[]> =>
    (await deliveries(metadata, webhookId)).map(({ event_type: type }) =>
      type.split('.').slice(1, -1).join('.'),
    );

  it('is that a table was made, with what was loaded and where to see it, and nothing of the source', async () => {
    const webhookId = await insertWebhook(metadata, accountId);
    const id = await synchronization({ url: 'https://files.example.org/x.csv?token=hidden' });
    const reference = await run(id);
    await end(importedEvent(reference));
    const [delivery, ...others] = await deliveries(metadata);
    const path = `/api/v2/synchronizations/${id}`;
    expect(others).toEqual([]);
    expect(delivery).toMatchObject({
      webhook_id: webhookId,
      event_type: 'tidetable.run.succeeded.v1',
      source: path,
      subject: reference.runId,
      state: 'pending',
      attempts: 0,
      payload: {
        synchronization_id: id,
        run_id: reference.runId,
        run_number: 1,
        table: 'ports',
        outcome: 'imported',
        state: 'success',
        stopped: false,
        failures_in_a_row: 0,
        rows: 2,
        rejected_rows: 0,
        geometries: 1,
        warnings: ['1 row has no usable coordinates.'],
        links: { synchronization: path, run: `${path}/runs/${reference.runId}` },
      },
    });
    expect(JSON.stringify(delivery)).not.toMatch(/hidden|example\.org/);
  });

  it('is nothing where the source had nothing new', async () => {
    await insertWebhook(metadata, accountId);
    const id = await synchronization();
    await end(importedEvent(await run(id)));
    await end(unchangedEvent(await run(id)));
    expect(await types()).toEqual(['run.succeeded']);
  });

  it('is why a run failed, in the words of the catalogue', async () => {
    await insertWebhook(metadata, accountId);
    await end(failedEvent(await run(await synchronization())));
    const [delivery, ...others] = await deliveries(metadata);
    expect(others).toEqual([]);
    expect(delivery).toMatchObject({
      event_type: 'tidetable.run.failed.v1',
      payload: {
        state: 'failure',
        outcome: 'failed',
        stopped: false,
        failures_in_a_row: 1,
        failure: {
          type: '/problems/source-not-found',
          code: 'source-not-found',
          detail: 'HTTP 404',
          title: expect.any(String),
          sentence: expect.any(String),
          remedy: expect.any(String),
        },
      },
    });
    expect(new Date(delivery!.payload['next_run_at'] as string).getTime()).toBeGreaterThan(Date.now());
  });

  it('is that the schedule has stopped, once, with the reason', async () => {
    await insertWebhook(metadata, accountId);
    const id = await synchronization({ state: 'failure', retried_times: 9, runs_count: 9 });
    await end(failedEvent(await run(id)));
    expect(await types()).toEqual(['run.failed', 'synchronization.stopped']);
    const stopped = (await deliveries(metadata))[1];
    expect(stopped?.payload).toMatchObject({
      stopped: true,
      failures_in_a_row: 10,
      next_run_at: null,
      failure: { code: 'source-not-found' },
    });
    await end(failedEvent(await run(id)));
    expect(await types()).toEqual(['run.failed', 'synchronization.stopped', 'run.failed']);
  });

  it('is how the columns of a table have changed', async () => {
    await insertWebhook(metadata, accountId);
    const event = importedEvent(await run(await synchronization()));
    if (event.outcome !== 'imported') throw new Error('not an import');
    const schemaChange = {
      added: [{ name: 'opened', type: 'date' }],
      removed: [],
      retyped: [{ name: 'depth', type: 'text', before: 'integer' }],
    };
    await end({ ...event, report: { ...event.report, schemaChange } });
    expect(await types()).toEqual(['run.succeeded', 'table.schema-changed']);
    expect((await deliveries(metadata))[1]?.payload).toMatchObject({
      table: 'ports',
      schema_change: { ...schemaChange, added_count: 1, removed_count: 0, retyped_count: 1 },
    });
  });

  it('is that a connection has to be made again, once however many tables are behind it', async () => {
    await insertWebhook(metadata, accountId);
    const refused = { code: 'connection-refused', detail: 'the service is Dropbox' } as const;
    for (let at = 0; at < 3; at += 1) {
      const id = await synchronization({ url: null, service_name: 'dropbox', service_item_id: `/${at}.csv` });
      await end(failedEvent(await run(id), refused));
    }
    expect((await types()).filter((type) => type.startsWith('connection'))).toEqual([
      'connection.needs-reconnecting',
    ]);
    const told = (await deliveries(metadata)).find(({ event_type: type }) => type.includes('connection'));
    expect(told).toMatchObject({
      source: '/api/v1/imports/service/dropbox',
      subject: 'dropbox',
      payload: { service: 'dropbox', failure: { code: 'connection-refused' } },
    });
  });

  it('goes to each webhook that wants it, and to nobody else', async () => {
    const other = await insertAccount(metadata.database);
    const wants = await insertWebhook(metadata, accountId, { event_types: ['tidetable.run.failed.v1'] });
    const wantsToo = await insertWebhook(metadata, accountId);
    await insertWebhook(metadata, accountId, { event_types: ['tidetable.run.succeeded.v1'] });
    await insertWebhook(metadata, accountId, { enabled: false });
    await insertWebhook(metadata, accountId, { deleted_at: new Date() });
    await insertWebhook(metadata, accountId, { disabled_at: secondsFromNow(60), disabled_reason: 'gone' });
    await insertWebhook(metadata, other.id);
    await end(failedEvent(await run(await synchronization())));
    const told = (await deliveries(metadata)).map(({ webhook_id: id }) => id);
    expect(told.sort()).toEqual([wants, wantsToo].sort());
  });

  it('is told once, however often the end of a run is recorded, and of each run of a batch', async () => {
    await insertWebhook(metadata, accountId);
    const runs: Reference[] = [];
    for (let at = 0; at < 3; at += 1) runs.push(await run(await synchronization()));
    const news = runs.map((each) => ({
      ...each,
      news: { kind: 'ended', ending: failedEvent(each), onlyOverdue: false } as const,
    }));
    await recordNews(metadata.database, [...news, ...news]);
    await recordNews(metadata.database, news);
    expect((await deliveries(metadata)).map(({ subject }) => subject).sort()).toEqual(
      runs.map(({ runId }) => runId).sort(),
    );
  });

  it('is nothing when the synchronization was deleted meanwhile', async () => {
    await insertWebhook(metadata, accountId);
    const id = await synchronization();
    const reference = await run(id);
    await metadata.rows('UPDATE synchronizations SET deleted_at = now() WHERE id = $1', [id]);
    expect(await end(failedEvent(reference))).toBe('cancelled');
    expect(await types()).toEqual([]);
  });
});
