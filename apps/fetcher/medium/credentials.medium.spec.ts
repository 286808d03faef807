import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ServerNats } from '@nestjs/microservices';
import {
  type KeepCredentialsV1Request,
  type RunDescription,
  runFinishedV1Subject,
  runRequestedV1Subject,
  runStagedV1Subject,
  type SourceVersion,
  whichExistV1Pattern,
  type WhichExistV1Request,
} from '@tidetable/contracts';
import { type Bus, connectBus, ensureStream, publishEvent } from '@tidetable/jetstream';
import { createLogger } from '@tidetable/service-host';
import { type Origin, startOrigin, waitFor } from '@tidetable/test-harness';
import { parseKeyring } from '../src/connections/seal-secret.js';
import { CredentialStore } from '../src/credentials/credential-store.js';
import type { RunningFetcher } from '../src/start.js';
import { aKey, type ConnectionsWorld, startConnectionsWorld } from './connections-world.js';
import { collectPublishedEvents, type PublishedEvents } from './published-events.js';
import { type ScriptedScheduler, startScriptedScheduler } from './scripted-scheduler.js';

const csv = 'name\nHamburg\n';
const secret = 's3cret-of-a-customer';
const headers = { 'X-Api-Key': secret, Cookie: `session=${secret}` };
const basicAuth = { username: 'ann', password: `${secret}:ä` };
const authorization = `Basic ${Buffer.from(`ann:${secret}:ä`).toString('base64')}`;

let world: ConnectionsWorld;
let bus: Bus;
let scheduler: ScriptedScheduler;
let published: PublishedEvents;
let whoExists: ServerNats;
const deleted = new Set<string>();
let origin: Origin;
let other: Origin;

beforeAll(async () => {
  world = await startConnectionsWorld();
  const url = world.environment['NATS_URL'] ?? '';
  bus = await connectBus(url, 'credentials-test', createLogger('test', 'fatal'));
  await ensureStream(bus);
  scheduler = await startScriptedScheduler(url);
  published = await collectPublishedEvents(bus);
  whoExists = new ServerNats({ servers: [url] });
  whoExists.addHandler(whichExistV1Pattern, async ({ synchronizationIds }: WhichExistV1Request) => ({
    synchronizationIds: synchronizationIds.filter((id) => !deleted.has(id)),
  }));
  await new Promise<void>((resolve) => void whoExists.listen(() => resolve()));
});

afterAll(async () => {
  await published.stop();
  await scheduler.stop();
  await whoExists.close();
  await bus.close();
  await world.stop();
});

beforeEach(async () => {
  origin = await startOrigin();
  other = await startOrigin();
});

afterEach(async () => {
  await origin.stop();
  await other.stop();
});

const reference = () => ({ synchronizationId: randomUUID(), accountId: randomUUID() });
const keep = (of: ReturnType<typeof reference>, more: Partial<KeepCredentialsV1Request>) =>
  world.client.keepCredentials({ ...of, origin: new URL(origin.url('/')).origin, ...more });

/** A run for a URL whose requests are to carry what was kept. */
async function request(
  url: string,
  of: ReturnType<typeof reference>,
  previous: SourceVersion | null = null,
): Promise<RunDescription> {
  const run = scheduler.open(url, previous);
  run.source = { kind: 'url', url, credentialsOf: of };
  const { runId, synchronizationId, runNumber } = run;
  const requestedAt = new Date().toISOString();
  await publishEvent(bus, runRequestedV1Subject, { runId, synchronizationId, runNumber, requestedAt });
  return run;
}

const stagedOf = (run: RunDescription) =>
  waitFor(() => published.of(runStagedV1Subject, run)[0], { until: 'the file is staged' });
const finishedOf = (run: RunDescription) =>
  waitFor(() => published.of(runFinishedV1Subject, run)[0], { until: 'the run has finished' });

describe('headers and basic authentication, where plain http is allowed', () => {
  let fetcher: RunningFetcher;
  beforeAll(async () => {
    fetcher = await world.startFetcher({
      CREDENTIALS_OVER_HTTP: 'true',
      CONNECTION_SWEEP_INTERVAL_MS: '50',
      SWEEP_AGE_MS: '1',
    });
  });
  afterAll(async () => fetcher.stop());

  it('are carried by every request to their origin, and by none to another', async () => {
    const of = reference();
    expect(await keep(of, { headers: { ...headers, 'User-Agent': 'ours' }, basicAuth })).toEqual({
      outcome: 'kept',
      headerNames: ['X-Api-Key', 'Cookie', 'User-Agent'],
      hasBasicAuth: true,
    });
    other.respond('/away', { status: 302, headers: { Location: origin.url('/x.csv') } });
    origin.respond('/go', { status: 302, headers: { Location: other.url('/away') } });
    origin.serveFile('/x.csv', csv);
    await stagedOf(await request(origin.url('/go'), of));
    for (const path of ['/go', '/x.csv']) {
      expect(origin.requests(path)[0]?.headers).toMatchObject({
        'x-api-key': secret,
        cookie: `session=${secret}`,
        'user-agent': 'ours',
        authorization,
      });
    }
    expect(other.requests()).toHaveLength(1);
    expect(JSON.stringify(other.requests())).not.toContain(secret);
    expect(other.requests()[0]?.headers).not.toHaveProperty('authorization');
  });

  it('are carried by a conditional request, and by one for the rest of a file', async () => {
    const of = reference();
    await keep(of, { basicAuth });
    const etag = '"v1"';
    origin.serveFile('/same.csv', csv, { etag });
    const previous = { etag, lastModified: null, sha256: '0'.repeat(64), bytes: 3 };
    const isThere = await request(origin.url('/same.csv'), of, previous);
    const body = 'x'.repeat(1_000);
    origin.respond(
      '/cut.csv',
      { body, headers: { ETag: etag }, cutAfterBytes: 400 },
      {
        status: 206,
        body: body.slice(400),
        headers: { ETag: etag, 'Content-Range': 'bytes 400-999/1000' },
      },
    );
    await stagedOf(await request(origin.url('/cut.csv'), of));
    await waitFor(() => origin.requests('/same.csv').length > 0);
    expect(origin.requests('/same.csv')[0]?.headers).toMatchObject({
      'if-none-match': etag,
      authorization,
    });
    expect(
      origin.requests('/cut.csv').map(({ headers: sent }) => [sent['authorization'], sent['range']]),
    ).toEqual([
      [authorization, undefined],
      [authorization, 'bytes=400-'],
    ]);
    scheduler.close(isThere);
  });

  it('are changed one without the other, and removed by null', async () => {
    const of = reference();
    await keep(of, { headers });
    const both = { outcome: 'kept', headerNames: ['X-Api-Key', 'Cookie'], hasBasicAuth: true };
    expect(await keep(of, { basicAuth })).toEqual(both);
    expect(await keep(of, {})).toEqual(both);
    expect(await keep(of, { headers: null })).toEqual({ ...both, headerNames: [] });
    expect(await keep(of, { basicAuth: null })).toEqual({
      outcome: 'kept',
      headerNames: [],
      hasBasicAuth: false,
    });
    const { rowCount } = await rowOf(of.synchronizationId);
    expect(rowCount).toBe(0);
  });

  it('are forgotten for another origin, and never mixed with what is for that', async () => {
    const of = reference();
    await keep(of, { headers });
    expect(await keep(of, { origin: 'https://files.example.org', basicAuth })).toEqual({
      outcome: 'kept',
      headerNames: [],
      hasBasicAuth: true,
    });
    origin.serveFile('/x.csv', csv);
    expect(await finishedOf(await request(origin.url('/x.csv'), of))).toMatchObject({
      failure: { code: 'source-credentials-missing' },
    });
    expect(origin.requests()).toEqual([]);
  });

  it('name one user at most', async () => {
    const of = reference();
    await keep(of, { headers: { authorization: 'Bearer x' } });
    expect(await keep(of, { basicAuth })).toEqual({ outcome: 'two-authorizations' });
    expect(await keep(of, {})).toMatchObject({ headerNames: ['authorization'], hasBasicAuth: false });
  });

  it.each([401, 403])(
    'that a server refuses with %i fail the run with a sentence about them',
    async (status) => {
      const of = reference();
      await keep(of, { headers });
      origin.respond('/x.csv', { status });
      expect(await finishedOf(await request(origin.url('/x.csv'), of))).toMatchObject({
        failure: { code: 'source-credentials-refused', detail: `HTTP ${status}` },
      });
    },
  );

  it('are not blamed when another origin refuses', async () => {
    const of = reference();
    await keep(of, { headers });
    other.respond('/x.csv', { status: 403 });
    origin.respond('/go', { status: 302, headers: { Location: other.url('/x.csv') } });
    expect(await finishedOf(await request(origin.url('/go'), of))).toMatchObject({
      failure: { code: 'source-forbidden' },
    });
  });

  it('that are lost end the run before anything is asked without them', async () => {
    expect(await finishedOf(await request(origin.url('/x.csv'), reference()))).toMatchObject({
      failure: { code: 'source-credentials-missing' },
    });
    expect(origin.requests()).toEqual([]);
  });

  it('of another account are not found', async () => {
    const of = reference();
    await keep(of, { headers });
    const run = await request(origin.url('/x.csv'), { ...of, accountId: randomUUID() });
    expect(await finishedOf(run)).toMatchObject({ failure: { code: 'source-credentials-missing' } });
  });

  it('go when their synchronization is deleted, and stay while it is there', async () => {
    const [gone, there] = [reference(), reference()];
    await keep(gone, { headers });
    await keep(there, { headers });
    deleted.add(gone.synchronizationId);
    await waitFor(async () => (await rowOf(gone.synchronizationId)).rowCount === 0, {
      until: 'the sweep came by',
    });
    expect((await rowOf(there.synchronizationId)).rowCount).toBe(1);
  });

  it('are nowhere in the clear: not in the database, not in the log, not in an event', async () => {
    const of = reference();
    await keep(of, { headers, basicAuth });
    const { rows } = await world.database.query<{ whole: string }>(
      'SELECT url_credentials::text AS whole FROM url_credentials',
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const text of [JSON.stringify(rows), world.logged()]) {
      for (const form of [secret, Buffer.from(secret).toString('base64').slice(0, 20), 'X-Api-Key']) {
        expect(text).not.toContain(form);
      }
    }
    expect(world.logged()).toContain('run');
  });
});

describe('headers and basic authentication, where plain http is not allowed', () => {
  let fetcher: RunningFetcher;
  beforeAll(async () => {
    fetcher = await world.startFetcher();
  });
  afterAll(async () => fetcher.stop());

  it('are not kept for an http address, but for an https one', async () => {
    expect(await keep(reference(), { headers })).toEqual({ outcome: 'over-http' });
    expect(await keep(reference(), { basicAuth })).toEqual({ outcome: 'over-http' });
    expect(await keep(reference(), { headers: null })).toMatchObject({ outcome: 'kept' });
    expect(await keep(reference(), { headers, origin: 'https://files.example.org' })).toMatchObject({
      outcome: 'kept',
    });
  });

  it('that were kept when it was allowed are not sent any more', async () => {
    expect(await finishedOf(await request(origin.url('/x.csv'), reference()))).toMatchObject({
      failure: { code: 'source-credentials-insecure' },
    });
    expect(origin.connectionCount()).toBe(0);
  });
});

describe('the store of headers and basic authentication', () => {
  const origins = { origin: 'https://files.example.org' };
  const storeWith = (keys: string): CredentialStore =>
    new CredentialStore(world.database, parseKeyring(keys));

  it('opens nothing that was moved to another synchronization, account or origin', async () => {
    const store = storeWith(world.environment['CONNECTION_KEYS'] ?? '');
    const [one, two] = [reference(), reference()];
    await store.keep({ ...one, ...origins, headers });
    await store.keep({ ...two, ...origins, headers: { 'X-Other': 'x' } });
    await world.database.query(
      `UPDATE url_credentials SET secret = (SELECT secret FROM url_credentials WHERE synchronization_id = $1)
        WHERE synchronization_id = $2`,
      [one.synchronizationId, two.synchronizationId],
    );
    await expect(store.find(two)).rejects.toThrow();
    await world.database.query('UPDATE url_credentials SET origin = $2 WHERE synchronization_id = $1', [
      one.synchronizationId,
      'https://evil.example',
    ]);
    await expect(store.find(one)).rejects.toThrow();
  });

  it('is sealed anew with a new key, until the old one can be taken away', async () => {
    const [first, second] = [aKey('rotated'), aKey('second')];
    const of = reference();
    await storeWith(first).keep({ ...of, ...origins, headers });
    expect(await storeWith(`${second},${first}`).reseal()).toBe(1);
    expect(await storeWith(`${second},${first}`).reseal()).toBe(0);
    expect(await storeWith(second).find(of)).toEqual({ ...origins, headers });
  });

  it('takes turns: of many changes at once none is lost', async () => {
    const store = storeWith(world.environment['CONNECTION_KEYS'] ?? '');
    const of = { ...reference(), ...origins };
    await Promise.all([store.keep({ ...of, headers }), store.keep({ ...of, basicAuth })]);
    expect(await store.keep(of)).toEqual({ headerNames: ['X-Api-Key', 'Cookie'], hasBasicAuth: true });
  });
});

function rowOf(synchronizationId: string) {
  return world.database.query('SELECT * FROM url_credentials WHERE synchronization_id = $1', [
    synchronizationId,
  ]);
}
