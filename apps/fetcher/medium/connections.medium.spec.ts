import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type StorageService, storageServices } from '@tidetable/contracts';
import { waitFor } from '@tidetable/test-harness';
import { aKey, type ConnectionsWorld, startConnectionsWorld } from './connections-world.js';

let world: ConnectionsWorld;
/** Everything that fetchers answered. */
const answers: unknown[] = [];

beforeAll(async () => {
  world = await startConnectionsWorld();
  await world.startFetcher();
  await world.startFetcher();
});

afterAll(async () => {
  await world.stop();
});

afterEach(() => {
  for (const service of storageServices) {
    world.fakes[service].script.clear();
    world.fakes[service].visitor.answer = 'allow';
  }
});

const check = async (accountId: string, service: StorageService): Promise<string> => {
  const answer = await world.client.checkConnection({ accountId, service });
  answers.push(answer);
  return answer.state;
};
const list = async (accountId: string, service: StorageService) => {
  const request = { accountId, service, filters: ['all' as const], query: null, page: null };
  const answer = await world.client.listServiceFiles(request);
  answers.push(answer);
  return answer;
};
const stateOf = async (accountId: string, service: StorageService) => {
  const answer = await world.client.listConnections(accountId);
  answers.push(answer);
  return answer.connections.find((connection) => connection.service === service);
};
const complete = async (request: Parameters<ConnectionsWorld['client']['completeConnection']>[0]) => {
  const answer = await world.client.completeConnection(request);
  answers.push(answer);
  return answer;
};

describe.each(storageServices)('connecting to %s', (service) => {
  it('leads over the page of consent to a connection with the name of the account', async () => {
    const accountId = randomUUID();
    expect(await stateOf(accountId, service)).toMatchObject({ state: 'none', connectedAt: null });
    await world.connect(service, accountId);
    expect(await stateOf(accountId, service)).toMatchObject({
      state: 'connected',
      accountName: expect.stringContaining('@'),
    });
    expect(await check(accountId, service)).toBe('connected');
    expect(await list(accountId, service)).toMatchObject({ outcome: 'listed' });
  });

  it('keeps nothing of a secret that can be read in the database', async () => {
    await world.connect(service);
    const { rows } = await world.database.query<{ all: string }>(
      `SELECT (SELECT string_agg(c::text, ' ') FROM connections c)
              || coalesce((SELECT string_agg(a::text, ' ') FROM authorizations a), '') AS all`,
    );
    for (const secret of world.fakes[service].tokens.secrets()) expect(rows[0]?.all).not.toContain(secret);
  });

  it('ends as declined when the customer declines, and the state is of no use then', async () => {
    world.fakes[service].visitor.answer = 'deny';
    const { state, binding, code } = await world.consent(randomUUID(), service);
    expect(code).toBeNull();
    expect(await complete({ service, state, binding, code })).toEqual({ outcome: 'declined' });
    expect(await complete({ service, state, binding, code: 'x' })).toEqual({ outcome: 'unknown' });
  });

  it('fails with a reason when the service does not take the code', async () => {
    const { state, binding } = await world.consent(randomUUID(), service);
    expect(await complete({ service, state, binding, code: 'made-up' })).toMatchObject({
      outcome: 'failed',
      failure: { code: 'connection-refused' },
    });
  });

  it('refreshes an access token before it ends, once', async () => {
    const accountId = await world.connect(service);
    await world.expire(accountId);
    const before = world.tokenRequests(service);
    expect(await list(accountId, service)).toMatchObject({ outcome: 'listed' });
    expect(await list(accountId, service)).toMatchObject({ outcome: 'listed' });
    expect(world.tokenRequests(service)).toBe(before + 1);
  });

  it('refreshes an access token that the service refuses before its time', async () => {
    const accountId = await world.connect(service);
    world.fakes[service].tokens.expireAccessTokens();
    const before = world.tokenRequests(service);
    expect(await list(accountId, service)).toMatchObject({ outcome: 'listed' });
    expect(world.tokenRequests(service)).toBe(before + 1);
  });

  it('needs reconnecting when the customer took the consent back, and works again after that', async () => {
    const accountId = await world.connect(service);
    world.fakes[service].tokens.revokeAll();
    await world.expire(accountId);
    expect(await list(accountId, service)).toMatchObject({
      outcome: 'failed',
      failure: { code: 'connection-refused' },
    });
    expect(await stateOf(accountId, service)).toMatchObject({ state: 'needs-reconnecting' });
    const before = world.tokenRequests(service);
    expect(await check(accountId, service)).toBe('needs-reconnecting');
    expect(world.tokenRequests(service)).toBe(before);
    await world.connect(service, accountId);
    expect(await check(accountId, service)).toBe('connected');
  });

  it('is no worse for a service that is away for a while', async () => {
    const { script, routes } = world.fakes[service];
    const accountId = await world.connect(service);
    await world.expire(accountId);
    script.next(routes.token, { status: 503 });
    expect(await check(accountId, service)).toBe('connected');
    script.next(routes.token, { status: 429, headers: { 'Retry-After': '600' } });
    expect(await list(accountId, service)).toMatchObject({
      outcome: 'failed',
      failure: { code: 'source-rate-limited' },
    });
    expect(await list(accountId, service)).toMatchObject({ outcome: 'listed' });
  });

  it('is told to the service when it ends, also when its access token has ended', async () => {
    const accountId = await world.connect(service);
    await world.database.query(`UPDATE connections SET access_expires_at = now() WHERE account_id = $1`, [
      accountId,
    ]);
    world.fakes[service].tokens.expireAccessTokens();
    const request = { accountId, service };
    expect(await world.client.revokeConnection(request)).toEqual({ wasThere: true, serviceTold: true });
    expect(await stateOf(accountId, service)).toMatchObject({ state: 'none' });
    expect(await list(accountId, service)).toMatchObject({ failure: { code: 'connection-missing' } });
    expect(await world.client.revokeConnection(request)).toEqual({ wasThere: false, serviceTold: false });
  });

  it('ends here also when the service cannot be told', async () => {
    const { script, routes } = world.fakes[service];
    const accountId = await world.connect(service);
    script.next(routes.revoke, { status: 500 });
    const request = { accountId, service };
    expect(await world.client.revokeConnection(request)).toEqual({ wasThere: true, serviceTold: false });
    expect(await stateOf(accountId, service)).toMatchObject({ state: 'none' });
  });
});

describe('the state of an authorization', () => {
  const accountId = randomUUID();
  const other = randomUUID();

  it.each([
    ['another service', { service: 'dropbox' }],
    ['another browser', { binding: 'f'.repeat(64) }],
    ['another account', { accountId: other }],
    ['the right account in another browser', { accountId, binding: 'f'.repeat(64) }],
    ['nobody in particular', { binding: null }],
    ['somebody who has made it up', { state: 'x'.repeat(43) }],
  ] as const)('is refused for %s, and still good for whom it is', async (_whom, wrong) => {
    const { state, binding, code } = await world.consent(accountId, 'gdrive');
    const right = { service: 'gdrive' as const, state, binding, code };
    expect(await complete({ ...right, ...wrong })).toEqual({ outcome: 'unknown' });
    expect(await complete(right)).toMatchObject({ outcome: 'connected', accountId, username: 'demo' });
  });

  it('is good for the account without its browser', async () => {
    const { state, code } = await world.consent(accountId, 'box');
    expect(await complete({ service: 'box', state, binding: null, accountId, code })).toMatchObject({
      outcome: 'connected',
    });
  });

  it('is good for one use, however many come at once', async () => {
    const { state, binding, code } = await world.consent(accountId, 'dropbox');
    const request = { service: 'dropbox' as const, state, binding, code };
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => complete(request)));
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual([
      'connected',
      ...Array<string>(4).fill('unknown'),
    ]);
  });

  it('is dropped when its account begins many more, and those of others are not', async () => {
    const others = await world.consent(randomUUID(), 'box');
    const own = randomUUID();
    const first = await world.consent(own, 'box');
    for (let begun = 0; begun < 20; begun++) {
      await world.client.beginConnection({ accountId: own, service: 'gdrive', username: 'demo' });
    }
    expect(await complete({ service: 'box', ...first })).toEqual({ outcome: 'unknown' });
    expect(await complete({ service: 'box', ...others })).toMatchObject({ outcome: 'connected' });
  });

  it('is good for ten minutes', async () => {
    const { state, binding, code } = await world.consent(accountId, 'gdrive');
    const { rows } = await world.database.query<{ minutes: number }>(
      `SELECT max(extract(epoch FROM expires_at - now()) / 60)::float AS minutes FROM authorizations`,
    );
    expect(rows[0]?.minutes).toBeCloseTo(10, 0);
    await world.database.query(`UPDATE authorizations SET expires_at = now()`);
    expect(await world.client.authorizeConnection({ state, binding })).toEqual({ outcome: 'unknown' });
    expect(await complete({ service: 'gdrive', state, binding, code })).toEqual({ outcome: 'unknown' });
  });
});

describe('a consent to less than is needed', () => {
  it('connects nothing and says why', async () => {
    const { script, routes } = world.fakes.gdrive;
    const accountId = randomUUID();
    const consent = await world.consent(accountId, 'gdrive');
    script.next(routes.token, (_request, honest) => {
      const answer = honest();
      const body = String(answer.body).replace('drive.readonly', 'userinfo.email');
      return { ...answer, body };
    });
    expect(await complete({ service: 'gdrive', ...consent })).toMatchObject({
      outcome: 'failed',
      failure: { code: 'connection-forbidden-gdrive' },
    });
    expect(await stateOf(accountId, 'gdrive')).toMatchObject({ state: 'none' });
  });
});

describe('a connection to Box', () => {
  it('that has ended is refreshed once for twenty who use it through two fetchers', async () => {
    const accountId = await world.connect('box');
    await world.expire(accountId);
    const before = world.tokenRequests('box');
    const users = await Promise.all(Array.from({ length: 20 }, () => list(accountId, 'box')));
    expect(users.map(({ outcome }) => outcome)).toEqual(Array(20).fill('listed'));
    expect(world.tokenRequests('box')).toBe(before + 1);
    expect(await check(accountId, 'box')).toBe('connected');
  });

  it('is refreshed once more when the answer got lost, which Box forgives', async () => {
    const { script, routes, tokens } = world.fakes.box;
    tokens.forgiveLostAnswers();
    const accountId = await world.connect('box');
    await world.expire(accountId);
    script.next(routes.token, (_request, honest) => ({ ...honest(), cutAfterBytes: 10 }));
    expect(await list(accountId, 'box')).toMatchObject({ outcome: 'listed' });
    await world.expire(accountId);
    expect(await list(accountId, 'box')).toMatchObject({ outcome: 'listed' });
  });
});

describe('the tokens of a connection', () => {
  it('do not open in another row', async () => {
    const [one, other] = [await world.connect('box'), await world.connect('box')];
    await world.database.query(
      `UPDATE connections c SET refresh_token = o.refresh_token, access_token = o.access_token
         FROM connections o WHERE c.account_id = $1 AND o.account_id = $2`,
      [one, other],
    );
    const before = world.fakes.box.requests().length;
    await expect(world.client.checkConnection({ accountId: one, service: 'box' })).rejects.toThrow();
    expect(world.fakes.box.requests()).toHaveLength(before);
    const request = { accountId: one, service: 'box' as const };
    expect(await world.client.revokeConnection(request)).toEqual({ wasThere: true, serviceTold: false });
    expect(await check(other, 'box')).toBe('connected');
  });

  it('appear in no answer and in no line of the log', async () => {
    const told = JSON.stringify(answers) + world.logged();
    expect(told.length).toBeGreaterThan(1_000);
    for (const service of storageServices) {
      const secrets = world.fakes[service].tokens.secrets();
      expect(secrets.length).toBeGreaterThan(10);
      for (const secret of secrets) expect(told).not.toContain(secret);
    }
    for (const entry of world.environment['CONNECTION_KEYS']!.split(':')) {
      if (entry.length > 20) expect(told).not.toContain(entry);
    }
  });
});

describe('a fetcher without a client at a service', () => {
  it('says that the service is not configured, and leaves what is there alone', async () => {
    const lonely = await startConnectionsWorld();
    const names = ['BOX_CLIENT_ID', 'BOX_CLIENT_SECRET'];
    await lonely.startFetcher(Object.fromEntries(names.map((name) => [name, ''])));
    try {
      const accountId = randomUUID();
      const { connections } = await lonely.client.listConnections(accountId);
      expect(connections.map(({ service, state }) => [service, state])).toEqual([
        ['gdrive', 'none'],
        ['dropbox', 'none'],
        ['box', 'not-configured'],
      ]);
      const request = { accountId, service: 'box' as const };
      expect(await lonely.client.beginConnection({ ...request, username: 'demo' })).toEqual({
        outcome: 'not-configured',
      });
      expect(await lonely.client.checkConnection(request)).toEqual({ state: 'not-configured' });
      const files = { ...request, filters: ['all' as const], query: null, page: null };
      expect(await lonely.client.listServiceFiles(files)).toMatchObject({
        failure: { code: 'connection-not-configured' },
      });
    } finally {
      await lonely.stop();
    }
  });
});

describe('a fetcher that starts', () => {
  it('refreshes what would end for lack of use, and nothing else', async () => {
    const [idle, used] = [await world.connect('box'), await world.connect('box')];
    const dropbox = await world.connect('dropbox');
    await world.database.query(
      `UPDATE connections SET refreshed_at = now() - interval '31 days', access_expires_at = now() - interval '31 days'
        WHERE account_id = ANY ($1)`,
      [[idle, dropbox]],
    );
    const fetcher = await world.startFetcher();
    const generationsOf = async (): Promise<(number | undefined)[]> => {
      const { rows } = await world.database.query<{ account_id: string; generation: number }>(
        'SELECT account_id, generation FROM connections',
      );
      return [idle, used, dropbox].map((id) => rows.find((row) => row.account_id === id)?.generation);
    };
    await waitFor(async () => (await generationsOf())[0] === 2, {
      until: 'the idle connection is refreshed',
    });
    await fetcher.stop();
    expect(await generationsOf()).toEqual([2, 1, 1]);
  });
});

describe('a new key', () => {
  it('takes over from the old one while fetchers run, after which the old one is not needed', async () => {
    const rotating = await startConnectionsWorld();
    try {
      const old = rotating.environment['CONNECTION_KEYS']!;
      const fresh = aKey('second');
      const before = await rotating.startFetcher();
      const accountId = await rotating.connect('dropbox');
      const boxAccount = await rotating.connect('box');
      await rotating.startFetcher({ CONNECTION_KEYS: `${old},${fresh}` });
      await before.stop();
      await rotating.startFetcher({ CONNECTION_KEYS: `${fresh},${old}` });
      const keysInUse = async (): Promise<string[]> => {
        const { rows } = await rotating.database.query<{ key: string }>(
          `SELECT DISTINCT split_part(token, '.', 2) AS key
             FROM connections, unnest(ARRAY[access_token, refresh_token]) AS token`,
        );
        return rows.map(({ key }) => key);
      };
      await waitFor(async () => (await keysInUse()).join() === 'second', { until: 'all is sealed anew' });
      for (const [service, account] of [
        ['dropbox', accountId],
        ['box', boxAccount],
      ] as const) {
        expect(await rotating.client.checkConnection({ accountId: account, service })).toEqual({
          state: 'connected',
        });
      }
    } finally {
      await rotating.stop();
    }
  });
});
