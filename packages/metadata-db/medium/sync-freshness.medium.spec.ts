import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectMetadata } from '@tidetable/metadata-db';
import {
  createMetadataDatabase,
  insertAccount,
  insertSynchronization,
  type TestDatabase,
} from '@tidetable/test-harness';
import type { DataSource } from 'typeorm';

describe('the view of freshness', () => {
  let created: TestDatabase;
  let database: DataSource;
  let accountId: string;
  beforeAll(async () => {
    created = await createMetadataDatabase();
    database = await connectMetadata(created.url);
  });
  beforeEach(async () => {
    await database.query('TRUNCATE accounts CASCADE');
    accountId = (await insertAccount(database, { username: 'demo' })).id;
  });
  afterAll(async () => {
    await database.destroy();
    await created.drop();
  });

  const ago = (seconds: number): Date => new Date(Date.now() - seconds * 1_000);
  const succeeded = (secondsAgo: number, others: object = {}): Promise<{ id: string }> =>
    insertSynchronization(database, {
      account_id: accountId,
      ...{ interval_seconds: 900, state: 'success', name: 'ports', source_sha256: '0'.repeat(64) },
      ...{ attempted_at: ago(secondsAgo), ran_at: ago(secondsAgo), imported_at: ago(secondsAgo + 60) },
      ...others,
    });
  const view = (): Promise<Record<string, unknown>[]> => database.query('SELECT * FROM sync_freshness');

  it('counts from the last time that a table was known to hold what its file held', async () => {
    const { id } = await succeeded(100);
    expect(await view()).toEqual([
      expect.objectContaining({
        account: 'demo',
        synchronization_id: id,
        table_name: 'ports',
        age_seconds: expect.stringMatching(/^10[0-5]$/),
        late_seconds: '0',
        stopped: false,
        failure_code: null,
      }),
    ]);
  });

  it('says how late a table is, and why', async () => {
    await succeeded(2_000, { state: 'failure', failure_code: 'source-not-found' });
    expect(await view()).toEqual([
      expect.objectContaining({
        late_seconds: expect.stringMatching(/^20[0-5]$/),
        failure_code: 'source-not-found',
      }),
    ]);
  });

  it('knows no age of a table that was never loaded, but how long it is awaited', async () => {
    await insertSynchronization(database, {
      account_id: accountId,
      interval_seconds: 900,
      created_at: ago(5_000),
    });
    expect(await view()).toEqual([
      expect.objectContaining({
        fresh_at: null,
        age_seconds: null,
        late_seconds: expect.stringMatching(/^320[0-5]$/),
      }),
    ]);
  });

  it('names no next run of a schedule that has stopped', async () => {
    await succeeded(100, { state: 'failure', failure_code: 'source-not-found', stopped: true });
    expect(await view()).toEqual([expect.objectContaining({ next_run_at: null, stopped: true })]);
  });

  it.each([
    ['deleted synchronizations', () => succeeded(100, { deleted_at: ago(1) })],
    [
      'those of disabled accounts',
      async () => {
        await succeeded(100);
        await database.query("UPDATE accounts SET state = 'disabled'");
      },
    ],
  ])('leaves out %s', async (_, arrange) => {
    await arrange();
    expect(await view()).toEqual([]);
  });
});
