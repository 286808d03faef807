import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ServerNats } from '@nestjs/microservices';
import {
  type RefreshPushedV1Request,
  refreshPushedV1Pattern,
  runRequestedV1Subject,
  type StorageService,
  whichExistV1Pattern,
  type WhichExistV1Request,
} from '@tidetable/contracts';
import { type Bus, connectBus, ensureStream, publishEvent } from '@tidetable/jetstream';
import { createLogger } from '@tidetable/service-host';
import { waitFor } from '@tidetable/test-harness';
import type { RunningFetcher } from '../src/start.js';
import { type ConnectionsWorld, startConnectionsWorld } from './connections-world.js';
import { type ScriptedScheduler, startScriptedScheduler } from './scripted-scheduler.js';

/** What a service sent, and how it was answered. */
interface Call {
  service: StorageService;
  headers: Record<string, string>;
  body: Buffer;
}

let world: ConnectionsWorld;
let door: Server;
let bus: Bus;
let scheduler: ScriptedScheduler;
let neighbour: ServerNats;
let fetcher: RunningFetcher;
const calls: Call[] = [];
const refreshed: RefreshPushedV1Request[] = [];
const deleted = new Set<string>();
let isSchedulerAway = false;

beforeAll(async () => {
  // Stands where the api stands: passes on what comes to the public address.
  door = createServer((request, response) => {
    void buffer(request).then(async (body) => {
      const call = {
        service: request.url?.slice(1) as StorageService,
        headers: request.headers as Record<string, string>,
        body,
      };
      calls.push(call);
      const status = await send(call).then(
        () => 200,
        () => 503,
      );
      response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  await once(door, 'listening');
  const { port } = door.address() as AddressInfo;
  world = await startConnectionsWorld((service) => `http://127.0.0.1:${port}/${service}`);
  const url = world.environment['NATS_URL'] ?? '';
  bus = await connectBus(url, 'push-test', createLogger('test', 'fatal'));
  await ensureStream(bus);
  scheduler = await startScriptedScheduler(url);
  neighbour = new ServerNats({ servers: [url] });
  neighbour.addHandler(refreshPushedV1Pattern, async (question: RefreshPushedV1Request) => {
    if (isSchedulerAway) throw new Error('away');
    refreshed.push(question);
    return { pushed: 1 };
  });
  neighbour.addHandler(whichExistV1Pattern, async ({ synchronizationIds }: WhichExistV1Request) => ({
    synchronizationIds: synchronizationIds.filter((id) => !deleted.has(id)),
  }));
  await new Promise<void>((resolve) => void neighbour.listen(() => resolve()));
});

afterAll(async () => {
  await scheduler.stop();
  await neighbour.close();
  await bus.close();
  await world.stop();
  door.close();
});

beforeEach(async () => {
  calls.length = 0;
  refreshed.length = 0;
});

afterEach(async () => {
  isSchedulerAway = false;
});

/** Calls the public address, as anybody may. */
function send({ service, headers, body }: Call): Promise<unknown> {
  const named = Object.entries(headers).filter(([name]) => /^(x-goog-|x-dropbox-|box-)/.test(name));
  return world.client.receivePush({
    service,
    headers: Object.fromEntries(named),
    body: body.toString('base64'),
  });
}

/** A first run of a file, after which it is watched. */
async function run(service: StorageService, accountId: string, itemId: string): Promise<string> {
  const { runId, synchronizationId, runNumber } = scheduler.openSource({
    kind: 'service',
    service,
    itemId,
    accountId,
  });
  const requestedAt = new Date().toISOString();
  await publishEvent(bus, runRequestedV1Subject, { runId, synchronizationId, runNumber, requestedAt });
  return synchronizationId;
}

/** Everything that was sent is answered, and nothing more has come of it. */
async function settled(service: StorageService): Promise<void> {
  await world.fakes[service].deliveries();
}

const environment = {
  BOX_PRIMARY_SIGNATURE_KEY: 'box-primary-key',
  PUSH_KEEP_INTERVAL_MS: '100',
};

describe('notifications', () => {
  beforeAll(async () => {
    fetcher = await world.startFetcher(environment);
  });
  afterAll(async () => fetcher.stop());

  it('of Drive come through a channel that the first run opens, and refresh the file', async () => {
    const { gdrive } = world.fakes;
    const accountId = await world.connect('gdrive');
    const { id: itemId } = fileOf(gdrive.files.put({ name: 'a.csv', content: 'a\n1\n' }));
    await run('gdrive', accountId, itemId);
    await waitFor(() => channelsOf(itemId).length === 1, { until: 'a channel is open' });
    expect(channelsOf(itemId)[0]).toMatchObject({
      address: 'https://tables.example.org/api/v1/push/gdrive',
      token: expect.stringMatching(/^[\w-]{43}$/),
    });
    await settled('gdrive');
    expect(refreshed).toEqual([]);
    gdrive.files.change(itemId, { content: 'a\n2\n' });
    await settled('gdrive');
    expect(refreshed).toEqual([{ service: 'gdrive', accountIds: [accountId], itemIds: [itemId] }]);
  });

  it('of Drive about what a shortcut leads to refresh the shortcut', async () => {
    const { gdrive } = world.fakes;
    const accountId = await world.connect('gdrive');
    const { id: target } = fileOf(gdrive.files.put({ name: 'l.csv', content: 'a\n1\n' }));
    const { id: itemId } = fileOf(gdrive.files.putShortcut({ name: 'l', targetId: target }));
    await run('gdrive', accountId, itemId);
    await waitFor(async () => (await watched([itemId])) === 1, { until: 'the file is watched' });
    gdrive.files.change(target, { content: 'a\n2\n' });
    await settled('gdrive');
    expect(refreshed).toEqual([{ service: 'gdrive', accountIds: [accountId], itemIds: [itemId] }]);
  });

  it('of Drive count once, and only with the token, resource and channel that were agreed on', async () => {
    const { gdrive } = world.fakes;
    const accountId = await world.connect('gdrive');
    const { id: itemId } = fileOf(gdrive.files.put({ name: 'b.csv', content: 'a\n1\n' }));
    await run('gdrive', accountId, itemId);
    await waitFor(() => channelsOf(itemId).length === 1, { until: 'a channel is open' });
    gdrive.files.change(itemId, { content: 'a\n2\n' });
    await settled('gdrive');
    const real = calls.at(-1);
    if (real === undefined) throw new Error('nothing was sent');
    refreshed.length = 0;
    const next = { 'x-goog-message-number': String(Number(real.headers['x-goog-message-number']) + 1) };
    const answers = [];
    for (const forged of [
      {},
      { ...next, 'x-goog-channel-token': 'guess' },
      { ...next, 'x-goog-channel-token': '' },
      { ...next, 'x-goog-resource-id': 'other' },
      { ...next, 'x-goog-channel-id': randomUUID() },
      { ...next, 'x-goog-channel-id': 'x' },
      { ...next, 'x-goog-resource-state': 'sync' },
    ]) {
      answers.push(JSON.stringify(await send({ ...real, headers: { ...real.headers, ...forged } })));
    }
    expect([refreshed, new Set(answers).size]).toEqual([[], 1]);
    const later = { 'x-goog-message-number': String(Number(next['x-goog-message-number']) + 1) };
    await send({ ...real, headers: { ...real.headers, ...later } });
    expect(refreshed).toHaveLength(1);
  });

  it('of Box come through a webhook on the folder, which serves all of its files', async () => {
    const { box } = world.fakes;
    const accountId = await world.connect('box');
    const ids = ['c.csv', 'd.csv'].map(
      (name) => fileOf(box.files.put({ name, content: 'a\n1\n', parentId: '4711' })).id,
    );
    for (const id of ids) await run('box', accountId, id);
    await waitFor(() => hooksOf('4711').length === 1, { until: 'there is a webhook' });
    await waitFor(async () => (await watched(ids)) === 2, { until: 'both files are watched' });
    expect(hooksOf('4711')).toHaveLength(1);
    for (const id of ids) box.files.change(id, { content: 'a\n2\n' });
    await settled('box');
    expect(refreshed).toEqual(ids.map((id) => ({ service: 'box', accountIds: [accountId], itemIds: [id] })));
  });

  it('of Box count once, while they are new, and only when they are signed', async () => {
    const { box } = world.fakes;
    const accountId = await world.connect('box');
    const { id } = fileOf(box.files.put({ name: 'e.csv', content: 'a\n1\n', parentId: '4712' }));
    await run('box', accountId, id);
    await waitFor(async () => (await watched([id])) === 1, { until: 'the file is watched' });
    box.files.change(id, { content: 'a\n2\n' });
    await settled('box');
    const real = calls.at(-1);
    if (real === undefined) throw new Error('nothing was sent');
    refreshed.length = 0;
    const signed = (at: Date, key = 'box-primary-key') => {
      const timestamp = at.toISOString();
      const signature = createHmac('sha256', key).update(real.body).update(timestamp).digest('base64');
      return {
        'box-delivery-id': randomUUID(),
        'box-delivery-timestamp': timestamp,
        'box-signature-primary': signature,
      };
    };
    const stale = new Date(Date.now() - 11 * 60_000);
    const forgeries: Record<string, string>[] = [
      {},
      { 'box-signature-primary': 'AAAA' },
      { 'box-delivery-timestamp': new Date().toISOString() },
      signed(new Date(), 'guess'),
      signed(stale),
      signed(new Date(Date.now() + 11 * 60_000)),
    ];
    for (const forged of forgeries) {
      await send({ ...real, headers: { ...real.headers, ...forged } });
    }
    await send({ ...real, headers: { ...real.headers, ...signed(new Date()) }, body: Buffer.from('{}') });
    expect(refreshed).toEqual([]);
    await send({ ...real, headers: { ...real.headers, ...signed(new Date()) } });
    expect(refreshed).toHaveLength(1);
  });

  it('of Box that no scheduler could be told of are taken when they come again', async () => {
    const { box } = world.fakes;
    const accountId = await world.connect('box');
    const { id } = fileOf(box.files.put({ name: 'f.csv', content: 'a\n1\n', parentId: '4713' }));
    await run('box', accountId, id);
    await waitFor(async () => (await watched([id])) === 1, { until: 'the file is watched' });
    isSchedulerAway = true;
    box.files.change(id, { content: 'a\n2\n' });
    await waitFor(() => calls.length > 0, { until: 'it was sent' });
    isSchedulerAway = false;
    await settled('box');
    const [real] = calls;
    if (real !== undefined && refreshed.length === 0) await send(real);
    expect(refreshed).toEqual([{ service: 'box', accountIds: [accountId], itemIds: [id] }]);
  });

  it('of Dropbox name an account, all of whose files are looked at', async () => {
    const { dropbox } = world.fakes;
    const accountId = await world.connect('dropbox');
    const { id } = fileOf(dropbox.files.put({ path: '/g.csv', content: 'a\n1\n' }));
    await settled('dropbox');
    refreshed.length = 0;
    dropbox.files.change(id, { content: 'a\n2\n' });
    await settled('dropbox');
    expect(refreshed).toEqual([
      { service: 'dropbox', accountIds: expect.arrayContaining([accountId]), itemIds: null },
    ]);
    const real = calls.at(-1);
    if (real === undefined) throw new Error('nothing was sent');
    refreshed.length = 0;
    await send({ ...real, headers: { 'x-dropbox-signature': '0'.repeat(64) } });
    await send({ ...real, headers: {} });
    await send({ ...real, body: Buffer.from('{}') });
    expect(refreshed).toEqual([]);
  });

  it('stop when the synchronization is deleted', async () => {
    const { gdrive } = world.fakes;
    const accountId = await world.connect('gdrive');
    const { id: itemId } = fileOf(gdrive.files.put({ name: 'h.csv', content: 'a\n1\n' }));
    const [first, second] = [await run('gdrive', accountId, itemId), await run('gdrive', accountId, itemId)];
    await waitFor(async () => (await watched([itemId])) === 2, { until: 'both are watched' });
    expect(channelsOf(itemId)).toHaveLength(1);
    deleted.add(first);
    await waitFor(async () => (await watched([itemId])) === 1, { until: 'one is forgotten' });
    expect(channelsOf(itemId)).toHaveLength(1);
    deleted.add(second);
    await waitFor(() => channelsOf(itemId).length === 0, { until: 'the channel is stopped' });
  });

  it('stop before their connection ends', async () => {
    const { gdrive, box } = world.fakes;
    const [ofDrive, ofBox] = [await world.connect('gdrive'), await world.connect('box')];
    const driveFile = fileOf(gdrive.files.put({ name: 'i.csv', content: 'a\n1\n' })).id;
    const boxFile = fileOf(box.files.put({ name: 'i.csv', content: 'a\n1\n', parentId: '4714' })).id;
    await run('gdrive', ofDrive, driveFile);
    await run('box', ofBox, boxFile);
    await waitFor(async () => (await watched([driveFile, boxFile])) === 2, { until: 'both are watched' });
    await world.client.revokeConnection({ accountId: ofDrive, service: 'gdrive' });
    await world.client.revokeConnection({ accountId: ofBox, service: 'box' });
    expect([channelsOf(driveFile), hooksOf('4714'), await watched([driveFile, boxFile])]).toEqual([
      [],
      [],
      0,
    ]);
  });

  it('are on, as the list of connections says, and no token or signature is in the log', async () => {
    const { connections } = await world.client.listConnections(randomUUID());
    expect(connections.map(({ push }) => push)).toEqual(['on', 'on', 'on']);
    const tokens = world.fakes.gdrive.channels().map(({ token }) => token ?? '');
    expect(tokens.length).toBeGreaterThan(0);
    for (const secret of [...tokens, 'box-primary-key']) expect(world.logged()).not.toContain(secret);
  });
});

describe('a channel of Drive', () => {
  it('is replaced before its end, and the earlier one is stopped', async () => {
    fetcher = await world.startFetcher({
      ...environment,
      PUSH_CHANNEL_LIFE_MS: '3000',
      PUSH_KEEP_INTERVAL_MS: '50',
    });
    const { gdrive } = world.fakes;
    const accountId = await world.connect('gdrive');
    const { id: itemId } = fileOf(gdrive.files.put({ name: 'k.csv', content: 'a\n1\n' }));
    await run('gdrive', accountId, itemId);
    const [first] = await waitFor(() => (channelsOf(itemId).length === 1 ? channelsOf(itemId) : undefined));
    const seen = new Set<string>();
    await waitFor(
      () => {
        const open = channelsOf(itemId);
        open.forEach(({ id }) => seen.add(id));
        return seen.size === 2 && open.length === 1 && open[0]?.id !== first?.id;
      },
      { until: 'another channel is open, and the first is gone' },
    );
    refreshed.length = 0;
    gdrive.files.change(itemId, { content: 'a\n3\n' });
    await settled('gdrive');
    expect(refreshed).toContainEqual({ service: 'gdrive', accountIds: [accountId], itemIds: [itemId] });
    await fetcher.stop();
  });
});

describe('without what it takes', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['an https address', { PUBLIC_URL: 'http://tables.example.org' }, ['no-https', 'no-https', 'no-https']],
    ['keys of Box', {}, ['on', 'on', 'no-signature-keys']],
  ])('%s, the list of connections says so', async (_, more, states) => {
    fetcher = await world.startFetcher(more);
    const { connections } = await world.client.listConnections(randomUUID());
    expect(connections.map(({ push }) => push)).toEqual(states);
    await fetcher.stop();
  });
});

function channelsOf(itemId: string) {
  return world.fakes.gdrive.channels().filter(({ fileId }) => fileId === itemId);
}

function hooksOf(folder: string) {
  return world.fakes.box.webhooks().filter(({ target }) => target.id === folder);
}

/** How many of the files of synchronizations have a channel. */
async function watched(itemIds: string[]): Promise<number> {
  const { rows } = await world.database.query<{ count: number }>(
    'SELECT count(channel_id)::integer AS count FROM push_items WHERE item_id = ANY($1)',
    [itemIds],
  );
  return rows[0]?.count ?? 0;
}

function fileOf(put: string | { id: string }): { id: string } {
  return typeof put === 'string' ? { id: put } : put;
}
