import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connectMetadata } from '@tidetable/metadata-db';
import {
  createMetadataDatabase,
  insertAccount,
  insertApiKey,
  insertRun,
  insertSynchronization,
  type TestDatabase,
} from '@tidetable/test-harness';
import type { DataSource } from 'typeorm';

describe('the metadata refuse', () => {
  let created: TestDatabase;
  let database: DataSource;
  beforeAll(async () => {
    created = await createMetadataDatabase();
    database = await connectMetadata(created.url);
  });
  afterEach(() => database.query('TRUNCATE accounts, outbox CASCADE'));
  afterAll(async () => {
    await database.destroy();
    await created.drop();
  });

  const refused = (constraint: string): object => ({ driverError: { constraint } });

  it.each(['', 'Demo', '1st', 'a_b', 'ends-', 'a'.repeat(64), 'a b', "a'b"])(
    'the username %j',
    async (username) => {
      await expect(insertAccount(database, { username })).rejects.toMatchObject(
        refused('accounts_username_form'),
      );
    },
  );

  it.each(['a', 'demo', 'a1', 'with-hyphen', 'a'.repeat(63)])('but not the username %j', async (username) => {
    await expect(insertAccount(database, { username })).resolves.toMatchObject({ username });
  });

  it('a username that is taken, and an unknown state of an account', async () => {
    await insertAccount(database, { username: 'demo' });
    await expect(insertAccount(database, { username: 'demo' })).rejects.toMatchObject(
      refused('accounts_username_unique'),
    );
    await expect(insertAccount(database, { state: 'locked' })).rejects.toMatchObject(
      refused('accounts_state_known'),
    );
  });

  it.each([
    ['file_bytes_max', 0, 'accounts_file_bytes_max_possible'],
    ['rows_max', '9007199254740992', 'accounts_rows_max_possible'],
    ['columns_max', 0, 'accounts_columns_max_positive'],
    ['vertices_max', -1, 'accounts_vertices_max_positive'],
    ['layers_max', 0, 'accounts_layers_max_positive'],
  ])('the limit %s of %s', async (column, value, constraint) => {
    await expect(insertAccount(database, { [column]: value })).rejects.toMatchObject(refused(constraint));
  });

  it('a key hash that is no SHA-256', async () => {
    const { id } = await insertAccount(database);
    await expect(insertApiKey(database, id, { key_hash: Buffer.from('x') })).rejects.toMatchObject(
      refused('api_keys_key_hash_is_sha256'),
    );
  });

  it.each([
    ['an interval of nothing', { interval_seconds: 0 }, 'synchronizations_interval_positive'],
    ['an unknown state', { state: 'running', attempted_at: new Date() }, 'synchronizations_state_known'],
    [
      'an attempt before the first claim',
      { attempted_at: new Date() },
      'synchronizations_attempted_unless_created',
    ],
    [
      'a claim without an attempt',
      { state: 'queued', attempted_at: null },
      'synchronizations_attempted_unless_created',
    ],
    [
      'a failure without a reason',
      { state: 'failure', failure_code: null },
      'synchronizations_failure_has_code',
    ],
    ['a success without a table', { state: 'success', name: null }, 'synchronizations_success_has_name'],
    [
      'an import without a version of the source',
      { state: 'success', source_sha256: null },
      'synchronizations_imported_has_source',
    ],
    ['fewer retries than none', { retried_times: -1 }, 'synchronizations_retried_times_not_negative'],
  ])('%s', async (_, columns, constraint) => {
    await expect(insertSynchronization(database, columns)).rejects.toMatchObject(refused(constraint));
  });

  it.each([
    ['an unknown trigger', { trigger: 'cron' }, 'runs_trigger_known'],
    ['an unknown outcome', { outcome: 'done', finished_at: new Date() }, 'runs_outcome_known'],
    ['an end without an outcome', { finished_at: new Date() }, 'runs_finished_has_outcome'],
    ['an outcome without an end', { outcome: 'cancelled' }, 'runs_finished_has_outcome'],
    ['a failure without a reason', { outcome: 'failed', finished_at: new Date() }, 'runs_failed_has_code'],
    ['a reason without a failure', { failure_code: 'internal' }, 'runs_failed_has_code'],
    [
      'an import without a report',
      { outcome: 'imported', finished_at: new Date() },
      'runs_imported_has_report',
    ],
    ['a report without an import', { report: {} }, 'runs_imported_has_report'],
  ])('a run with %s', async (_, columns, constraint) => {
    const { id } = await insertSynchronization(database, {});
    await expect(insertRun(database, id, columns)).rejects.toMatchObject(refused(constraint));
  });

  it('two open runs of one synchronization, and two runs with one number', async () => {
    const { id } = await insertSynchronization(database, {});
    await insertRun(database, id);
    await expect(insertRun(database, id, { run_number: 2 })).rejects.toMatchObject(
      refused('runs_one_open_per_synchronization'),
    );
    await expect(
      insertRun(database, id, { outcome: 'cancelled', finished_at: new Date() }),
    ).rejects.toMatchObject(refused('runs_run_number_unique'));
  });
});

describe('due_at', () => {
  let created: TestDatabase;
  let database: DataSource;
  beforeAll(async () => {
    created = await createMetadataDatabase();
    database = await connectMetadata(created.url);
  });
  afterAll(async () => {
    await database.destroy();
    await created.drop();
  });

  const [early, middle, late] = ['2026-01-01', '2026-01-02', '2026-01-03'].map(
    (day) => new Date(`${day}T00:00Z`),
  );

  it.each([
    ['at once when it was created', { created_at: early, run_at: late }, early],
    ['at run_at after a success', { state: 'success', run_at: late }, late],
    ['at run_at after a failure', { state: 'failure', run_at: late }, late],
    ['never while it is queued', { state: 'queued', run_at: late }, null],
    [
      'never while it is syncing',
      { state: 'syncing', run_at: late, sync_requested_at: late, attempted_at: early },
      null,
    ],
    ['never when it was deleted', { deleted_at: early, run_at: late }, null],
    ['never when the schedule has stopped', { state: 'failure', stopped: true, run_at: late }, null],
    [
      'when a refresh was asked for after the last attempt',
      { state: 'success', attempted_at: early, sync_requested_at: middle, run_at: late },
      middle,
    ],
    [
      'when a refresh was asked for although the schedule has stopped',
      { state: 'failure', stopped: true, attempted_at: early, sync_requested_at: middle, run_at: late },
      middle,
    ],
    [
      'at run_at when the refresh that was asked for has been attempted',
      { state: 'success', attempted_at: middle, sync_requested_at: early, run_at: late },
      late,
    ],
  ])('is %s', async (_, columns, dueAt) => {
    const { id } = await insertSynchronization(database, columns);
    const rows = await database.query<unknown[]>('SELECT due_at FROM synchronizations WHERE id = $1', [id]);
    expect(rows).toEqual([{ due_at: dueAt }]);
  });
});
