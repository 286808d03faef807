import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createDestinationDatabase, type TestDatabase, waitFor } from '@tidetable/test-harness';
import { Client } from 'pg';
import { DestinationSessions, type Session } from '../src/destination-sessions.js';

let database: TestDatabase;
let sessions: DestinationSessions;

beforeAll(async () => {
  database = await createDestinationDatabase();
});

afterAll(() => database.drop());

afterEach(() => sessions.close());

async function valueOf<T>({ client }: Session, sql: string): Promise<T> {
  const { rows } = await client.query<{ value: T }>(`SELECT ${sql} AS value`);
  return rows[0]!.value;
}

const processOf = (session: Session): Promise<number> => valueOf(session, 'pg_backend_pid()');

/** The process of a session after something was done in it and it was given back. */
async function useSession(sql: string): Promise<number> {
  const session = await sessions.open();
  const pid = await processOf(session);
  for (const statement of sql.split('; ')) await session.client.query(statement).catch(() => undefined);
  await session.release();
  return pid;
}

describe('a connection to the destination database', () => {
  it('is used again when it was given back, and by one at a time', async () => {
    sessions = new DestinationSessions(database.url);
    const first = await sessions.open();
    const second = await sessions.open();
    const processes = [await processOf(first), await processOf(second)];
    expect(new Set(processes).size).toBe(2);
    await first.release();
    await first.release();
    const again = [await sessions.open(), await sessions.open()];
    expect(await processOf(again[0]!)).toBe(processes[0]);
    expect(processes).not.toContain(await processOf(again[1]!));
    await Promise.all([...again, second].map((session) => session.release()));
  });

  it.each([
    ['a setting', `SET search_path = ''`, `current_setting('search_path')`, '"$user", public'],
    ['a time limit', `SET lock_timeout = '1s'`, `current_setting('lock_timeout')`, '0'],
    ['an open transaction', 'BEGIN; SET LOCAL lock_timeout = 1', `current_setting('lock_timeout')`, '0'],
    ['a failed transaction', 'BEGIN; SELECT 1 / 0', '1', 1],
    [
      'a lock',
      'SELECT pg_advisory_lock(7)',
      `(SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())`,
      0,
    ],
    ['what it was opened with', 'SELECT 1', `current_setting('timezone')`, 'UTC'],
    [
      'that the server must notice its end',
      'SELECT 1',
      `current_setting('client_connection_check_interval')`,
      '2s',
    ],
  ])('begins anew after %s', async (_, left, sql, value) => {
    sessions = new DestinationSessions(database.url);
    const pid = await useSession(left);
    const next = await sessions.open();
    expect([await processOf(next), await valueOf(next, sql)]).toEqual([pid, value]);
    await next.release();
  });

  it('is not used again once it broke, in use or at rest', async () => {
    sessions = new DestinationSessions(database.url);
    const broken = await useSession('SELECT pg_terminate_backend(pg_backend_pid())');
    const resting = await useSession('SELECT 1');
    expect(resting).not.toBe(broken);
    const observer = new Client({ connectionString: database.url });
    await observer.connect();
    await observer.query('SELECT pg_terminate_backend($1, 5000)', [resting]);
    await observer.end();
    const next = await waitFor(
      async () => {
        const session = await sessions.open();
        const pid = await processOf(session).catch(() => resting);
        await session.release();
        return pid === resting ? undefined : pid;
      },
      { until: 'the loss was noticed' },
    );
    expect([broken, resting]).not.toContain(next);
  });

  it('breaks by the signal of whoever has it, and by no earlier one', async () => {
    sessions = new DestinationSessions(database.url);
    const [earlier, present] = [new AbortController(), new AbortController()];
    const first = await sessions.open(earlier.signal);
    await first.release();
    const session = await sessions.open(present.signal);
    earlier.abort();
    expect(await valueOf(session, '1')).toBe(1);
    const working = session.client.query('SELECT pg_sleep(120)');
    present.abort();
    await expect(working).rejects.toThrow();
    await session.release();
    await expect(sessions.open(present.signal)).rejects.toThrow();
  });

  it('ends when it is given back after all were closed', async () => {
    sessions = new DestinationSessions(database.url);
    const session = await sessions.open();
    await sessions.close();
    await session.release();
    await expect(session.client.query('SELECT 1')).rejects.toThrow();
  });
});
