import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { runEventMessageId, runEventSchemas, runRequestedV1Subject } from '@tidetable/contracts';
import { synchronizationDueChannel } from '@tidetable/metadata-db';
import { insertAccount, insertSynchronization, waitFor } from '@tidetable/test-harness';
import type { Client } from 'pg';
import { roomForRuns } from '../src/claim/room-for-runs.js';
import { recordFinished } from '../src/record/record-finished.js';
import { isOutboxFull } from '../src/dispatch/is-outbox-full.js';
import {
  claim as claimOf,
  deadlineSeconds,
  importedEvent,
  type Metadata,
  openMetadata,
  openRun,
  secondsFromNow,
} from './fixture.js';

describe('claiming', () => {
  let metadata: Metadata;
  beforeAll(async () => {
    metadata = await openMetadata();
  });
  afterEach(() => metadata.clear());
  afterAll(() => metadata.close());

  const claim = (batch?: number, accountRunsMax?: number, hostRunsMax?: number): Promise<number> =>
    claimOf(metadata, batch, accountRunsMax, hostRunsMax);
  const insert = (columns: Record<string, unknown>): Promise<{ id: string }> =>
    insertSynchronization(metadata.database, columns);
  const claimedIds = async (): Promise<string[]> =>
    (
      await metadata.rows<{ id: string }>(
        `SELECT payload->>'synchronizationId' AS id FROM outbox ORDER BY outbox.id`,
      )
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

  it('leaves disabled accounts alone, is not held up by them, and comes back once they are enabled', async () => {
    const disabled = await insertAccount(metadata.database, { state: 'disabled' });
    for (const account_id of [disabled.id, disabled.id, undefined]) {
      await insert({ ...(account_id === undefined ? {} : { account_id }), created_at: secondsFromNow(-10) });
    }
    expect([await claim(1), await claim(1), await claim(1), await claim(1)]).toEqual([0, 0, 1, 0]);
    await metadata.rows(`UPDATE accounts SET state = 'active'`);
    expect([await claim(), await claim()]).toEqual([2, 0]);
  });

  /** An account with so many synchronizations that have been due for so long. */
  const busyAccount = async (
    count: number,
    dueSecondsAgo: number,
    columns = {},
    url = 'http://127.0.0.1:1/',
  ): Promise<string> => {
    const { id } = await insertAccount(metadata.database, columns);
    await metadata.database.query(
      `INSERT INTO synchronizations (account_id, url, interval_seconds, run_at, created_at)
       SELECT $1, $4, 3600, now(), now() - make_interval(secs => $2 - 0.001 * n)
         FROM generate_series(1, $3) AS n`,
      [id, dueSecondsAgo, count, url],
    );
    return id;
  };
  const flying = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      (
        await metadata.rows<{ id: string; runs: number }>(
          `SELECT account_id AS id, count(*)::int AS runs FROM synchronizations WHERE state IN ('queued', 'syncing') GROUP BY 1`,
        )
      ).map(({ id, runs }) => [id, runs]),
    );

  it('lets an account have so many runs in flight, and others not wait behind it', async () => {
    const large = await busyAccount(1_000, 600);
    const own = await busyAccount(20, 300, { runs_max: 7 });
    const small = await busyAccount(2, 1);
    for (let round = 0; round < 20; round += 1) await claim(100, 3);
    expect(await flying()).toEqual({ [large]: 3, [own]: 7, [small]: 2 });
    expect(await claim(100, 3)).toBe(0);
  });

  it('takes the longest due of what was set aside as soon as a run of the account has ended, and says so', async () => {
    const account = await busyAccount(10, 600);
    const listener = metadata.database.createQueryRunner();
    const told: string[] = [];
    const connection = (await listener.connect()) as Client;
    connection.on('notification', ({ channel }) => told.push(channel));
    await listener.query(`LISTEN ${synchronizationDueChannel}`);
    expect([await claim(100, 2), await claim(100, 2)]).toEqual([2, 0]);
    for (let ended = 0; ended < 8; ended += 1) {
      const [next] = await metadata.rows<{ id: string }>(
        `SELECT id FROM synchronizations WHERE held ORDER BY due_at LIMIT 1`,
      );
      const [last] = await claimedIds();
      const run = await openRun(metadata, last!);
      await recordFinished(metadata.database, run, importedEvent(run));
      await metadata.rows(`DELETE FROM outbox WHERE payload->>'synchronizationId' = $1`, [last]);
      expect(await claim(100, 2)).toBe(1);
      expect((await claimedIds()).at(-1)).toBe(next!.id);
      expect(await flying()).toEqual({ [account]: 2 });
    }
    await waitFor(async () => told.length > 0 || (await listener.query('SELECT 1'), false));
    await listener.query('UNLISTEN *');
    await listener.release();
    expect(new Set(told)).toEqual(new Set([synchronizationDueChannel]));
  });

  const flyingByHost = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      (
        await metadata.rows<{ host: string; runs: number }>(
          `SELECT source_host(url, service_name) AS host, count(*)::int AS runs
             FROM synchronizations WHERE state IN ('queued', 'syncing') GROUP BY 1`,
        )
      ).map(({ host, runs }) => [host, runs]),
    );
  const slow = 'https://slow.example.com/ports.csv';

  it.each([
    ['https://Example.COM/a.csv', null, 'example.com'],
    ['http://example.com.:8080/a.csv?of=b@c', null, 'example.com'],
    ['http://good.example:80@other.example/a', null, 'other.example'],
    ['https://example.com?at=http://x@y/', null, 'example.com'],
    ['https://example.com#a@b', null, 'example.com'],
    ['http://[::1]:80/a:b@c', null, '[::1]'],
    [`https://${'a'.repeat(3_000)}/`, null, 'a'.repeat(253)],
    [null, 'gdrive', 'service:gdrive'],
  ])('counts a run of %s or in %s as one of %s', async (url, service, host) => {
    expect(await metadata.row('SELECT source_host($1, $2) AS host', [url, service])).toEqual({ host });
  });

  it('lets a host have so many runs in flight, counts a storage service as one, and none where there is no limit', async () => {
    const account = await busyAccount(20, 600, {}, slow);
    await busyAccount(20, 600, {}, 'http://SLOW.example.com:8080/other.csv');
    await insert({ account_id: account, url: 'https://other.example.com/' });
    for (let at = 0; at < 9; at += 1) {
      await insert({ account_id: account, url: null, service_name: 'gdrive', service_item_id: `${at}` });
    }
    for (let round = 0; round < 6; round += 1) await claim(10, 100, 4);
    expect(await flyingByHost()).toEqual({
      'slow.example.com': 4,
      'other.example.com': 1,
      'service:gdrive': 4,
    });
    expect(await claim(100, 100, 4)).toBe(0);
    expect(await claim(100, 100, 0)).toBe(41);
  });

  it('takes what a host kept waiting as soon as one of its runs has ended, each account in its turn, and says so', async () => {
    const large = await busyAccount(300, 600, {}, slow);
    const small = await busyAccount(1, 5, {}, slow);
    const listener = metadata.database.createQueryRunner();
    const told: string[] = [];
    const connection = (await listener.connect()) as Client;
    connection.on('notification', ({ channel }) => told.push(channel));
    await listener.query(`LISTEN ${synchronizationDueChannel}`);
    expect([await claim(500, 100, 2), await claim(500, 100, 2)]).toEqual([2, 0]);
    let ended = 0;
    for (; ended < 60 && (await flying())[small] === undefined; ended += 1) {
      const { id } = await metadata.row<{ id: string }>(
        `SELECT id FROM synchronizations WHERE state = 'queued' AND account_id = $1 LIMIT 1`,
        [large],
      );
      const run = await openRun(metadata, id);
      await recordFinished(metadata.database, run, importedEvent(run));
      expect(await claim(500, 100, 2)).toBe(1);
    }
    // Who begins is chosen by lot: that it is the other one sixty times in a row does not happen.
    expect(await flying()).toEqual({ [large]: 1, [small]: 1 });
    await waitFor(async () => told.length > 0 || (await listener.query('SELECT 1'), false));
    await listener.query('UNLISTEN *');
    await listener.release();
  });

  it.each([
    ['account with ten thousand tables', 3, 100],
    ['slow host with ten thousand tables', 10_000, 3],
    ['slow host of an account at its limit', 3, 3],
  ])(
    "claims another account's small table in one round, whatever waits for one %s",
    async (_, own, hosts) => {
      await busyAccount(10_000, 3_600, {}, slow);
      await claim(10_000, own, hosts);
      const small = await busyAccount(3, 0, {}, 'https://quick.example.com/a.csv');
      expect(await claim(500, own, hosts)).toBe(3);
      expect((await flying())[small]).toBe(3);
      expect(
        await metadata.row(`SELECT count(*)::int AS count FROM synchronizations WHERE held OR held_by_host`),
      ).toEqual({ count: 9_997 });
    },
  );

  it('claims what an account has at other hosts in the rounds that its slow host takes to be set aside', async () => {
    const account = await busyAccount(200, 3_600, {}, slow);
    await busyAccount(2, 7_200, {}, slow);
    await claim(2, 3, 2);
    await claim(500, 1, 0);
    await insert({ account_id: account, url: 'https://quick.example.com/a.csv' });
    await metadata.rows(
      `UPDATE synchronizations SET held = true, held_by_host = false WHERE state = 'created'`,
    );
    let rounds = 0;
    for (; rounds < 150 && (await flyingByHost())['quick.example.com'] === undefined; rounds += 1) {
      await claim(500, 3, 2);
    }
    expect((await flyingByHost())['quick.example.com']).toBe(1);
  });

  it('does not take the runs of deleted synchronizations for runs in flight', async () => {
    await busyAccount(6, 600, {}, slow);
    expect(await claim(100, 3, 3)).toBe(3);
    await metadata.rows(`UPDATE synchronizations SET deleted_at = now() WHERE state = 'queued'`);
    expect(await claim(100, 3, 3)).toBe(3);
  });

  it.each([
    ['an account', 2, 100],
    ['a host', 100, 2],
  ])('leaves what waits for %s and is no longer due until it is again', async (_, own, hosts) => {
    await busyAccount(5, 600, {}, slow);
    expect(await claim(100, own, hosts)).toBe(2);
    await metadata.rows(
      `UPDATE synchronizations SET state = 'failure', failure_code = 'internal', attempted_at = now(), run_at = now() + interval '1 hour' WHERE state = 'created'`,
    );
    expect(await claim(100, 100, 100)).toBe(0);
    await metadata.rows(`UPDATE synchronizations SET run_at = now() WHERE state = 'failure'`);
    expect(await claim(100, 100, 100)).toBe(3);
  });

  it.each([
    ['deleted', `UPDATE synchronizations SET deleted_at = now() WHERE held`],
    [
      'stopped',
      `UPDATE synchronizations SET state = 'failure', failure_code = 'internal', stopped = true, attempted_at = now() WHERE held`,
    ],
  ])('never takes what was %s after it was set aside', async (_name, change) => {
    await busyAccount(5, 600);
    expect(await claim(100, 2)).toBe(2);
    await metadata.rows(change);
    await metadata.rows(`UPDATE accounts SET runs_max = 10`);
    expect(await claim(100, 2)).toBe(0);
  });

  it('sees room for as many runs as are not in flight', async () => {
    await busyAccount(5, 600);
    expect(await roomForRuns(metadata.database, 3)).toBe(3);
    await claim(100, 2);
    expect(await roomForRuns(metadata.database, 3)).toBe(1);
    await claim(100, 10);
    expect(await roomForRuns(metadata.database, 3)).toBe(0);
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
      // Who comes while another one claims does nothing, so nothing may be due any more only when all are claimed.
      for (let round = 0; round < 200; round += 1) claimed += await claim(37);
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
