import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tidetable/test-harness';
import { type ConnectionsWorld, startConnectionsWorld } from './connections-world.js';

let world: ConnectionsWorld;
const children: ChildProcess[] = [];
let logs = '';

beforeAll(async () => {
  world = await startConnectionsWorld();
});

afterEach(async () => {
  world.fakes.box.script.clear();
  await Promise.all(children.splice(0).map(kill));
});

afterAll(async () => {
  await world.stop();
});

/** Starts a fetcher of its own process, the only one there is, which stops at this instant of a refresh. */
async function startFetcherProcess(holdAt = ''): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fetcher-process.mjs')], {
    env: { PATH: process.env['PATH'] ?? '', ...world.environment, LOG_LEVEL: 'trace', TEST_HOLD_AT: holdAt },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece: Buffer) => {
      output += piece.toString();
      logs += piece.toString();
    });
  }
  await waitFor(() => output.includes('service started') || child.exitCode !== null, {
    until: 'the fetcher runs',
    timeoutMs: 20_000,
  });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const connectionOf = async (accountId: string) => {
  const { rows } = await world.database.query<{ state: string; generation: number }>(
    'SELECT state, generation FROM connections WHERE account_id = $1',
    [accountId],
  );
  return rows[0];
};
const list = (accountId: string) =>
  world.client.listServiceFiles({ accountId, service: 'box', filters: ['all'], query: null, page: null });

/** An account whose connection to Box was made, and has ended. Nobody answers any more. */
async function anExpiredConnection(): Promise<string> {
  const fetcher = await world.startFetcher();
  const accountId = await world.connect('box');
  await world.expire(accountId);
  await fetcher.stop();
  return accountId;
}

/** Uses a connection through a fetcher that is sound. */
async function listAfterwards(accountId: string): ReturnType<typeof list> {
  const fetcher = await world.startFetcher();
  try {
    return await list(accountId);
  } finally {
    await fetcher.stop();
  }
}

/** Uses the connection through a fetcher that is killed once `isThere`, in the middle of the refresh. */
async function dieInRefresh(accountId: string, holdAt: string, isThere: () => boolean): Promise<void> {
  const fetcher = await startFetcherProcess(holdAt);
  void list(accountId).catch(() => undefined);
  await waitFor(isThere, { until: 'the refresh is at the instant', timeoutMs: 10_000 });
  await kill(fetcher);
}

const held = (instant: string) => () => logs.includes(`"instant":"${instant}"`);

describe('a fetcher that is killed in the middle of a refresh at Box', () => {
  it('before Box took the request leaves a connection that works', async () => {
    const { script, routes } = world.fakes.box;
    const accountId = await anExpiredConnection();
    let isAsked = false;
    script.next(routes.token, () => {
      isAsked = true;
      return { hang: 'before-headers' };
    });
    await dieInRefresh(accountId, '', () => isAsked);
    expect(await listAfterwards(accountId)).toMatchObject({ outcome: 'listed' });
    expect(await connectionOf(accountId)).toEqual({ state: 'connected', generation: 2 });
  });

  it('with the new tokens in hand leaves a connection that clearly needs reconnecting', async () => {
    const accountId = await anExpiredConnection();
    await dieInRefresh(accountId, 'before-commit', held('before-commit'));
    expect(await connectionOf(accountId)).toEqual({ state: 'connected', generation: 1 });
    expect(await listAfterwards(accountId)).toMatchObject({ failure: { code: 'connection-refused' } });
    expect(await connectionOf(accountId)).toEqual({ state: 'needs-reconnecting', generation: 1 });
    const fetcher = await world.startFetcher();
    await world.connect('box', accountId);
    expect(await list(accountId)).toMatchObject({ outcome: 'listed' });
    await fetcher.stop();
  });

  it('after the new tokens were stored leaves a connection that works with them', async () => {
    const accountId = await anExpiredConnection();
    await dieInRefresh(accountId, 'after-commit', held('after-commit'));
    const before = world.tokenRequests('box');
    expect(await listAfterwards(accountId)).toMatchObject({ outcome: 'listed' });
    expect(world.tokenRequests('box')).toBe(before);
    expect(await connectionOf(accountId)).toEqual({ state: 'connected', generation: 2 });
  });

  it('has written no token to its log', () => {
    const secrets = world.fakes.box.tokens.secrets();
    expect(logs).toContain('service started');
    for (const secret of secrets) expect(logs).not.toContain(secret);
  });
});

describe('a database that goes away in the middle of a refresh at Box', () => {
  it('gets the new tokens as soon as it is back', async () => {
    const accountId = await anExpiredConnection();
    const fetcher = await world.startFetcher(
      {},
      {
        refreshCheckpoint: async (instant) => {
          if (instant !== 'before-commit') return;
          await world.database.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE datname = current_database() AND application_name = 'tidetable-fetcher'`,
          );
        },
      },
    );
    expect(await list(accountId)).toMatchObject({ outcome: 'listed' });
    expect(await connectionOf(accountId)).toEqual({ state: 'connected', generation: 2 });
    await fetcher.stop();
  });
});
