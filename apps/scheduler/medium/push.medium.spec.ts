import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { synchronizationDueChannel } from '@tidetable/metadata-db';
import { insertAccount, insertSynchronization, waitFor } from '@tidetable/test-harness';
import pg from 'pg';
import { refreshPushed } from '../src/answer/refresh-pushed.js';
import { recordFinished } from '../src/record/record-finished.js';
import { claim, importedEvent, type Metadata, openMetadata, openRun, secondsFromNow } from './fixture.js';

let metadata: Metadata;
beforeAll(async () => {
  metadata = await openMetadata();
});
afterEach(() => metadata.clear());
afterAll(() => metadata.close());

async function given(
  columns: Record<string, unknown>,
  accountId?: string,
): Promise<{ id: string; accountId: string }> {
  const account = accountId ?? (await insertAccount(metadata.database)).id;
  return insertSynchronization(metadata.database, {
    ...{ account_id: account, url: null, service_name: 'box', service_item_id: '1' },
    ...columns,
  });
}

const push = (accountId: string, itemIds: string[] | null = ['1']) =>
  refreshPushed(metadata.database, { service: 'box', accountIds: [accountId], itemIds });

/** In how many seconds a synchronization is due; null when it is not. */
async function dueIn(id: string): Promise<number | null> {
  const { seconds } = await metadata.row<{ seconds: number | null }>(
    'SELECT round(extract(epoch FROM due_at - clock_timestamp()))::float8 AS seconds FROM synchronizations WHERE id = $1',
    [id],
  );
  return seconds;
}

describe('what a storage service tells of', () => {
  it.each([
    ['at once', secondsFromNow(-3_600), 0],
    ['a little after a run that ended just now', secondsFromNow(-2), 8],
  ])('is refreshed %s', async (_, attemptedAt, seconds) => {
    const { id, accountId } = await given({ state: 'success', attempted_at: attemptedAt });
    expect(await push(accountId)).toBe(1);
    const due = await dueIn(id);
    expect(Math.abs((due ?? 1_000) - seconds)).toBeLessThanOrEqual(1);
  });

  it('is one run, however often it is told', async () => {
    const { id, accountId } = await given({ state: 'success', attempted_at: secondsFromNow(-3_600) });
    await Promise.all([1, 2, 3].map(() => push(accountId)));
    const { run_at: first } = await metadata.row<{ run_at: Date }>('SELECT run_at FROM synchronizations');
    await push(accountId);
    const { run_at: second } = await metadata.row<{ run_at: Date }>('SELECT run_at FROM synchronizations');
    expect(second).toEqual(first);
    expect(await claim(metadata, 10)).toBe(1);
    expect(await claim(metadata, 10)).toBe(0);
    expect(await dueIn(id)).toBeNull();
  });

  it('during a run is another run after it, and one only', async () => {
    const { id, accountId } = await given({ options_changed_at: secondsFromNow(-60) });
    await claim(metadata, 10);
    const first = importedEvent(await openRun(metadata, id));
    await push(accountId);
    await push(accountId);
    expect(await dueIn(id)).toBeNull();
    await recordFinished(metadata.database, first, first);
    expect(Math.abs(((await dueIn(id)) ?? 1_000) - 10)).toBeLessThanOrEqual(1);
    await metadata.rows('UPDATE synchronizations SET run_at = now()');
    expect(await claim(metadata, 10)).toBe(1);
    const second = importedEvent(await openRun(metadata, id));
    await recordFinished(metadata.database, second, second);
    expect(await dueIn(id)).toBeGreaterThan(3_000);
  });

  it('wakes a schedule that had stopped, and counts no failure away', async () => {
    const { id, accountId } = await given({
      ...{ state: 'failure', attempted_at: secondsFromNow(-3_600), stopped: true, retried_times: 10 },
    });
    expect(await dueIn(id)).toBeNull();
    await push(accountId);
    expect(await dueIn(id)).toBeLessThanOrEqual(1);
    expect(await metadata.row('SELECT stopped, retried_times, failure_code FROM synchronizations')).toEqual({
      stopped: false,
      retried_times: 10,
      failure_code: 'source-not-found',
    });
  });

  it('never puts off what is due sooner', async () => {
    const { id, accountId } = await given({
      ...{ state: 'success', attempted_at: secondsFromNow(-1), run_at: secondsFromNow(2) },
    });
    await push(accountId);
    expect(await dueIn(id)).toBeLessThanOrEqual(2);
  });

  it('concerns the files that it names, of the accounts that it names, and nothing that is deleted', async () => {
    const done = { state: 'success', attempted_at: secondsFromNow(-3_600) };
    const { accountId } = await given(done);
    await given({ ...done, service_item_id: '2' }, accountId);
    await given({ ...done, deleted_at: new Date() }, accountId);
    await given({ ...done, service_name: 'gdrive' }, accountId);
    await given(done);
    expect(await push(accountId)).toBe(1);
    expect(await push(accountId, ['3'])).toBe(0);
    expect(await push(accountId, null)).toBe(2);
  });

  it('wakes the schedulers when there is something, and only then', async () => {
    const { accountId } = await given({ state: 'success', attempted_at: secondsFromNow(-3_600) });
    const listener = new pg.Client(metadata.url);
    await listener.connect();
    try {
      const heard: string[] = [];
      listener.on('notification', ({ channel }) => heard.push(channel));
      await listener.query(`LISTEN ${synchronizationDueChannel}`);
      await push(accountId, ['none']);
      await push(accountId);
      await waitFor(() => heard.length > 0, { until: 'a notification arrived' });
      expect(heard).toEqual([synchronizationDueChannel]);
    } finally {
      await listener.end();
    }
  });
});
