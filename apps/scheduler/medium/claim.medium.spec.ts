import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { runEventMessageId, runEventSchemas, runRequestedV1Subject } from '@tidetable/contracts';
import { insertAccount, insertSynchronization } from '@tidetable/test-harness';
import { claimDueSynchronizations } from '../src/claim/claim-due-synchronizations.js';
import { isOutboxFull } from '../src/dispatch/is-outbox-full.js';
import { type Metadata, openMetadata, secondsFromNow } from './fixture.js';

const deadlineSeconds = 3_600;

describe('claiming', () => {
  let metadata: Metadata;
  beforeAll(async () => {
    metadata = await openMetadata();
  });
  afterEach(() => metadata.clear());
  afterAll(() => metadata.close());

  const claim = (batch = 500): Promise<number> =>
    claimDueSynchronizations(metadata.database, batch, deadlineSeconds);
  const insert = (columns: Record<string, unknown>): Promise<{ id: string }> =>
    insertSynchronization(metadata.database, columns);
  const claimedIds = async (): Promise<string[]> =>
    (
      await metadata.rows<{ id: string }>('SELECT synchronization_id AS id FROM runs ORDER BY requested_at')
    ).map(({ id }) => id);

  it('makes a new synchronization a queued one with an open run and an event, all at once', async () => {
    const { id } = await insert({});
    expect(await claim()).toBe(1);
    const synchronization = await metadata.row('SELECT * FROM synchronizations');
    const run = await metadata.row<{ id: string; requested_at: Date }>('SELECT * FROM runs');
    const message = await metadata.row<{ payload: unknown }>('SELECT * FROM outbox');
    expect(synchronization).toMatchObject({
      state: 'queued',
      runs_count: 1,
      due_at: null,
      attempted_at: run.requested_at,
      first_run_id: run.id,
    });
    expect(run).toMatchObject({
      synchronization_id: id,
      run_number: 1,
      trigger: 'created',
      outcome: null,
      started_at: null,
      deadline_at: new Date(run.requested_at.getTime() + deadlineSeconds * 1_000),
    });
    expect(message).toMatchObject({
      subject: runRequestedV1Subject,
      message_id: runEventMessageId(runRequestedV1Subject, run.id),
    });
    expect(runEventSchemas[runRequestedV1Subject].parse(message.payload)).toEqual({
      runId: run.id,
      synchronizationId: id,
      runNumber: 1,
      requestedAt: run.requested_at.toISOString(),
    });
  });

  it('takes the longest due first and no more than a batch', async () => {
    const ids: string[] = [];
    for (const dueSecondsAgo of [10, 40, 20, 30]) {
      const { id } = await insert({ state: 'success', run_at: secondsFromNow(-dueSecondsAgo) });
      ids.push(id);
    }
    expect(await claim(3)).toBe(3);
    expect(await claimedIds()).toEqual([ids[1], ids[3], ids[2]]);
    expect(await claim(3)).toBe(1);
    expect(await claim(3)).toBe(0);
  });

  it.each([
    ['is not due yet', { state: 'success', run_at: secondsFromNow(3_600) }],
    ['was deleted', { deleted_at: new Date() }],
    ['has an open run', { state: 'queued', run_at: secondsFromNow(-1) }],
    ['is being synchronized', { state: 'syncing', run_at: secondsFromNow(-1) }],
    ['has stopped after failures', { state: 'failure', stopped: true, run_at: secondsFromNow(-1) }],
    [
      'was asked for before its last attempt',
      { state: 'success', sync_requested_at: secondsFromNow(-60), attempted_at: secondsFromNow(-30) },
    ],
  ])('leaves alone what %s', async (_, columns) => {
    await insert(columns);
    expect(await claim()).toBe(0);
  });

  it('leaves disabled accounts alone and is not held up by them', async () => {
    const disabled = await insertAccount(metadata.database, { state: 'disabled' });
    for (const account_id of [disabled.id, disabled.id, undefined]) {
      await insert({ ...(account_id === undefined ? {} : { account_id }), created_at: secondsFromNow(-10) });
    }
    expect(await claim(1)).toBe(1);
    expect(await claim(1)).toBe(0);
  });

  it.each([
    ['success', { run_at: secondsFromNow(-1) }, 'schedule', null],
    ['failure', { run_at: secondsFromNow(-1) }, 'schedule', 'source-not-found'],
    ['failure', { sync_requested_at: new Date(), attempted_at: secondsFromNow(-60) }, 'manual', null],
    [
      'failure',
      { sync_requested_at: new Date(), attempted_at: secondsFromNow(-60), stopped: true },
      'manual',
      null,
    ],
  ])(
    'claims a %s with %j by %s and keeps the failure %s in view',
    async (state, columns, trigger, failure) => {
      await insert({ state, runs_count: 4, ...columns });
      expect(await claim()).toBe(1);
      expect(await metadata.row('SELECT trigger, run_number FROM runs')).toEqual({ trigger, run_number: 5 });
      expect(await metadata.row('SELECT failure_code, state FROM synchronizations')).toEqual({
        failure_code: failure,
        state: 'queued',
      });
    },
  );

  it('takes nothing twice when several claim at the same time', async () => {
    const { accountId } = await insertSynchronization(metadata.database, {});
    await metadata.database.query(
      `INSERT INTO synchronizations (account_id, url, interval_seconds, run_at)
       SELECT $1, 'http://127.0.0.1:1/', 3600, now() FROM generate_series(1, 999)`,
      [accountId],
    );
    const claimUntilNothingIsDue = async (): Promise<number> => {
      let claimed = 0;
      for (let last = -1; last !== 0; claimed += last) last = await claim(37);
      return claimed;
    };
    const shares = await Promise.all(Array.from({ length: 4 }, claimUntilNothingIsDue));
    expect(shares.reduce((sum, share) => sum + share)).toBe(1_000);
    expect(
      await metadata.row(
        `SELECT count(*)::int AS runs, count(DISTINCT synchronization_id)::int AS synchronizations,
                (SELECT count(*)::int FROM outbox) AS events, (SELECT max(runs_count) FROM synchronizations) AS most
           FROM runs`,
      ),
    ).toEqual({ runs: 1_000, synchronizations: 1_000, events: 1_000, most: 1 });
  });

  it('passes by a row that somebody holds, without waiting', async () => {
    const { id } = await insert({});
    const other = metadata.database.createQueryRunner();
    await other.startTransaction();
    await other.query('UPDATE synchronizations SET interval_seconds = 7200 WHERE id = $1', [id]);
    expect(await claim()).toBe(0);
    await other.commitTransaction();
    await other.release();
    expect(await claim()).toBe(1);
  });

  it('cannot open a second run while one is open', async () => {
    const { id } = await insert({});
    await claim();
    await expect(
      metadata.database.query(
        `INSERT INTO runs (id, synchronization_id, run_number, trigger, requested_at, deadline_at)
         VALUES (gen_random_uuid(), $1, 2, 'schedule', now(), now())`,
        [id],
      ),
    ).rejects.toMatchObject({ driverError: { constraint: 'runs_one_open_per_synchronization' } });
  });

  it('sees a full outbox from the given number of events on', async () => {
    for (let at = 0; at < 3; at += 1) await insert({});
    await claim();
    expect(await isOutboxFull(metadata.database, 3)).toBe(true);
    expect(await isOutboxFull(metadata.database, 4)).toBe(false);
  });
});
