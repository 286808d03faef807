import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { natsConnectionOptions } from '@tidetable/jetstream';
import { SchedulerClient, SchedulerSilentError } from '@tidetable/scheduler-client';
import {
  insertAccount,
  insertSynchronization,
  type NatsServer,
  startNats,
  waitFor,
} from '@tidetable/test-harness';
import { randomUUID } from 'node:crypto';
import { recordFinished } from '../src/record/record-finished.js';
import { type RunningScheduler, start } from '../src/start.js';
import {
  claim,
  environment,
  importedEvent,
  type Metadata,
  openMetadata,
  openRun,
  quiet,
  type Reference,
  secondsFromNow,
  version,
} from './fixture.js';

/** Schedulers that only answer: their loops do nothing until the test is over. */
const idle = {
  CLAIM_INTERVAL_MS: '3600000',
  RELAY_INTERVAL_MS: '3600000',
  RESCUE_INTERVAL_MS: '3600000',
  RETENTION_INTERVAL_MS: '3600000',
};

describe('the answers to questions about runs', () => {
  let metadata: Metadata;
  let nats: NatsServer;
  let client: SchedulerClient;
  const schedulers: RunningScheduler[] = [];
  beforeAll(async () => {
    metadata = await openMetadata();
    nats = await startNats();
    client = SchedulerClient.create(natsConnectionOptions(nats.url), 'test');
    for (let at = 0; at < 2; at += 1) {
      schedulers.push(await start(environment(metadata.url, nats.url, idle), quiet));
    }
  });
  afterEach(() => metadata.clear());
  afterAll(async () => {
    await client.close();
    await Promise.all(schedulers.map((scheduler) => scheduler.stop()));
    await nats.stop();
    await metadata.close();
  });

  const claimedRun = async (columns: Record<string, unknown> = {}): Promise<Reference> => {
    const account = await insertAccount(metadata.database, { username: 'demo' });
    const { id } = await insertSynchronization(metadata.database, {
      account_id: account.id,
      options_changed_at: secondsFromNow(-60),
      ...columns,
    });
    return claimRunOf(id);
  };
  /** The schedulers of this test claim as well, and one at a time does. */
  const claimRunOf = async (id: string): Promise<Reference> => {
    await waitFor(async () => {
      await claim(metadata, 10);
      const open = 'SELECT FROM runs WHERE synchronization_id = $1 AND outcome IS NULL';
      return (await metadata.rows(open, [id])).length > 0;
    });
    return openRun(metadata, id);
  };

  it('describe what is to be fetched, how it is to be read, and where it belongs', async () => {
    const run = await claimedRun({
      url: 'https://example.com/ports.csv?key=1',
      requested_table_name: 'ports',
      quoted_fields_guessing: false,
      layer: 'piers',
    });
    expect(await client.describeRun(run.runId)).toEqual({
      open: true,
      ...run,
      accountId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      source: { kind: 'url', url: 'https://example.com/ports.csv?key=1' },
      previous: null,
      askedBy: 'schedule',
      destination: { schema: 'demo', tableName: 'ports' },
      options: {
        typeGuessing: true,
        quotedFieldsGuessing: false,
        contentGuessing: false,
        member: null,
        layer: 'piers',
      },
    });
  });

  it('tell which synchronizations are still there', async () => {
    const { synchronizationId } = await claimedRun();
    const never = '00000000-0000-4000-8000-000000000000';
    expect(await client.whichExist([never, synchronizationId])).toEqual([synchronizationId]);
    await metadata.rows('UPDATE synchronizations SET deleted_at = now()');
    expect(await client.whichExist([never, synchronizationId])).toEqual([]);
  });

  it("describe the account's own limits, where it has any", async () => {
    const run = await claimedRun();
    const limitsOf = async (): Promise<unknown> => {
      const description = await client.describeRun(run.runId);
      return description.open ? description.options.limits : 'not open';
    };
    expect(await limitsOf()).toBeUndefined();
    await metadata.rows('UPDATE accounts SET rows_max = 9007199254740991, layers_max = 3');
    expect(await limitsOf()).toEqual({ rows: Number.MAX_SAFE_INTEGER, layers: 3 });
  });

  it('describe what is left to an account that may not have more: all that its other tables leave', async () => {
    const run = await claimedRun();
    const { account_id } = await metadata.row<{ account_id: string }>(
      'SELECT account_id FROM synchronizations',
    );
    const limitsOf = async (): Promise<unknown> => {
      const description = await client.describeRun(run.runId);
      return description.open ? description.options.limits : 'not open';
    };
    await metadata.rows('UPDATE synchronizations SET table_rows = 50, table_bytes = 500');
    for (const columns of [{}, {}, { deleted_at: new Date() }])
      await insertSynchronization(metadata.database, {
        account_id,
        state: 'success',
        table_rows: 10,
        table_bytes: 100,
        ...columns,
      });
    await metadata.rows('UPDATE accounts SET total_rows_max = 60');
    expect(await limitsOf()).toEqual({ rows: 40 });
    await metadata.rows('UPDATE accounts SET rows_max = 7, total_bytes_max = 1000');
    expect(await limitsOf()).toEqual({ rows: 7, tableBytes: 800 });
    await metadata.rows('UPDATE accounts SET total_rows_max = 1, total_bytes_max = 1');
    expect(await limitsOf()).toEqual({ rows: 1, tableBytes: 1 });
  });

  it('tell which accounts are active', async () => {
    await claimedRun();
    const { id } = await metadata.row<{ id: string }>('SELECT id FROM accounts');
    expect(await client.whichActive([id])).toEqual([id]);
    await metadata.rows("UPDATE accounts SET state = 'disabled'");
    expect(await client.whichActive([id])).toEqual([]);
  });

  it('describe a file in a storage service by its id and by whose connection leads to it', async () => {
    const run = await claimedRun({ url: null, service_name: 'box', service_item_id: '1234' });
    const { account_id: accountId } = await metadata.row<{ account_id: string }>(
      'SELECT account_id FROM synchronizations',
    );
    expect(await client.describeRun(run.runId)).toMatchObject({
      source: { kind: 'service', service: 'box', itemId: '1234', accountId },
    });
  });

  it.each([
    { header_names: ['X-Api-Key'], has_basic_auth: false },
    { header_names: [], has_basic_auth: true },
  ])('say whose headers or user name the requests carry: %j', async (credentials) => {
    const { runId, synchronizationId } = await claimedRun({
      url: 'https://example.com/ports.csv',
      ...credentials,
    });
    const { account_id: accountId } = await metadata.row<{ account_id: string }>(
      'SELECT account_id FROM synchronizations',
    );
    expect(await client.describeRun(runId)).toMatchObject({
      source: {
        kind: 'url',
        url: 'https://example.com/ports.csv',
        credentialsOf: { synchronizationId, accountId },
      },
    });
  });

  describe('tell the version that the table holds', () => {
    const previousOf = async (run: Reference): Promise<unknown> => {
      const description = await client.describeRun(run.runId);
      return description.open ? description.previous : 'not open';
    };
    const secondRun = async (): Promise<Reference> => {
      await metadata.rows(`UPDATE synchronizations SET run_at = now() - interval '1 second'`);
      const { id } = await metadata.row<{ id: string }>('SELECT id FROM synchronizations');
      return claimRunOf(id);
    };

    it('after an import', async () => {
      const event = importedEvent(await claimedRun());
      await recordFinished(metadata.database, event, event);
      expect(await previousOf(await secondRun())).toEqual(version);
    });

    it('and how far its validators are believed', async () => {
      const validation = {
        comparedAt: '2026-02-01T12:00:00.000Z',
        believed: 1,
        confirmed: 2,
        trusted: 'all',
      } as const;
      const imported = importedEvent(await claimedRun());
      const event = { ...imported, source: { ...version, validation } };
      await recordFinished(metadata.database, event, event);
      expect(await previousOf(await secondRun())).toEqual({ ...version, validation });
    });

    it('and the word of a storage service for it, which a run that finds nothing new may change', async () => {
      const imported = importedEvent(await claimedRun());
      const event = { ...imported, source: { ...version, revision: '1:a' } };
      await recordFinished(metadata.database, event, event);
      const second = await secondRun();
      expect(await previousOf(second)).toEqual({ ...version, revision: '1:a' });
      const unchanged = {
        ...second,
        finishedAt: new Date().toISOString(),
        ...({ outcome: 'unchanged', unchangedBy: 'content-hash' } as const),
        source: { ...version, revision: '2:a' },
      };
      await recordFinished(metadata.database, unchanged, unchanged);
      expect(await previousOf(await secondRun())).toEqual({ ...version, revision: '2:a' });
    });

    it('and whether somebody asked by hand', async () => {
      const event = importedEvent(await claimedRun());
      await recordFinished(metadata.database, event, event);
      await metadata.rows('UPDATE synchronizations SET sync_requested_at = clock_timestamp()');
      const { runId } = await claimRunOf(event.synchronizationId);
      expect(await client.describeRun(runId)).toMatchObject({ askedBy: 'hand' });
    });

    it('but not when the options changed after the import, or while it was under way', async () => {
      const event = importedEvent(await claimedRun());
      await metadata.rows('UPDATE synchronizations SET type_guessing = false, options_changed_at = now()');
      await recordFinished(metadata.database, event, event);
      const second = await secondRun();
      expect(await previousOf(second)).toBeNull();

      const again = importedEvent(second);
      await recordFinished(metadata.database, again, again);
      expect(await previousOf(await secondRun())).toEqual(version);
    });
  });

  it.each([
    ['ended', "UPDATE runs SET outcome = 'cancelled', finished_at = now()"],
    ['of a deleted synchronization', 'UPDATE synchronizations SET deleted_at = now()'],
  ])('say that a run is over that is %s', async (_, change) => {
    const { runId } = await claimedRun();
    expect(await client.isRunOpen(runId)).toBe(true);
    await metadata.rows(change);
    expect(await client.isRunOpen(runId)).toBe(false);
    expect(await client.describeRun(runId)).toEqual({ open: false });
  });

  it.each([
    "UPDATE accounts SET state = 'disabled'",
    'UPDATE synchronizations SET deleted_at = now()',
    "UPDATE synchronizations SET url = 'http://127.0.0.1:1/others.csv'",
  ])('say that a run is over at once that must not go on: %s', async (statement) => {
    const { runId } = await claimedRun();
    await metadata.rows(statement);
    expect(await client.isRunOpen(runId)).toBe(false);
    expect(await client.describeRun(runId)).toEqual({ open: false });
  });

  it('say that a run is over that never was', async () => {
    expect(await client.isRunOpen(randomUUID())).toBe(false);
  });

  it('wait for the database and are never wrong without it', async () => {
    const { runId } = await claimedRun();
    await metadata.rows('ALTER TABLE runs RENAME TO runs_away');
    let answered = false;
    const answer = client.isRunOpen(runId).finally(() => (answered = true));
    const impatient = SchedulerClient.create(natsConnectionOptions(nats.url), 'impatient', 300);
    await expect(impatient.isRunOpen(runId)).rejects.toBeInstanceOf(SchedulerSilentError);
    await impatient.close();
    expect(answered).toBe(false);
    await metadata.rows('ALTER TABLE runs_away RENAME TO runs');
    expect(await answer).toBe(true);
  });

  it('come again after NATS was restarted', async () => {
    const { runId } = await claimedRun();
    await nats.restart();
    expect(await client.isRunOpen(runId)).toBe(true);
  });

  it('come also to a question that was asked while NATS was down', async () => {
    const { runId } = await claimedRun();
    await nats.kill();
    const answer = client.isRunOpen(runId);
    await nats.restart();
    expect(await answer).toBe(true);
  });

  it('come from the other scheduler when one stops, and not at all when all have stopped', async () => {
    const { runId } = await claimedRun();
    const [first, second] = schedulers;
    await first!.stop();
    for (let at = 0; at < 10; at += 1) expect(await client.isRunOpen(runId)).toBe(true);
    await second!.stop();
    const impatient = SchedulerClient.create(natsConnectionOptions(nats.url), 'impatient', 300);
    await expect(impatient.isRunOpen(runId)).rejects.toBeInstanceOf(SchedulerSilentError);
    await impatient.close();
  });

  it('end with the reason of the asker when it stops waiting', async () => {
    const controller = new AbortController();
    const answer = client.describeRun(randomUUID(), controller.signal);
    controller.abort(new Error('stopping'));
    await expect(answer).rejects.toThrow('stopping');
  });
});
