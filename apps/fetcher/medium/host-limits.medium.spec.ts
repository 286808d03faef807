import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Bus, connectBus } from '@tidetable/jetstream';
import { createLogger } from '@tidetable/service-host';
import { type NatsServer, type Origin, startNats, startOrigin, waitFor } from '@tidetable/test-harness';
import { createHostLimits, type HostLimits, type Turn } from '../src/politeness/host-limits.js';
import { sharedHostStates } from '../src/politeness/shared-host-states.js';
import { readUrl } from './url-reader.js';

const silent = createLogger('fetcher-test', 'fatal');
const never = new AbortController().signal;
const busy = { name: 'SyncError', code: 'source-host-busy' };

let nats: NatsServer;
let buses: Bus[];
let origin: Origin;
let hosts = 0;

beforeAll(async () => {
  nats = await startNats();
  buses = await Promise.all([1, 2].map(() => connectBus(nats.url, 'fetcher-test', silent)));
});

afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.close()));
  await nats.stop();
});

beforeEach(async () => {
  origin = await startOrigin();
});

afterEach(async () => {
  await origin.stop();
});

/** As many fetchers as there are buses, each with its own connection. */
const fetchers = (inFlightMax: number, perMinuteMax = 0, waitMs = 300): HostLimits[] =>
  buses.map((bus) => createHostLimits({ inFlightMax, perMinuteMax, waitMs }, sharedHostStates(bus, silent)));
const newHost = (): string => `host-${(hosts += 1)}.example:443`;

describe('the limits of a host', () => {
  it('hold for all fetchers together: so many at once', async () => {
    const host = newHost();
    const limits = fetchers(3);
    let underWay = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 30 }, async (_, at) => {
        const turn = await createWaiting(limits[at % 2], host);
        most = Math.max(most, (underWay += 1));
        await new Promise((resolve) => setTimeout(resolve, 5));
        underWay -= 1;
        turn.leave();
      }),
    );
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(3);
  });

  it('hold for all fetchers together: so many in a minute', async () => {
    const host = newHost();
    const [one, other] = fetchers(0, 4);
    for (const limits of [one, other, one, other]) (await limits!.enter(host, never)).leave();
    await expect(one!.enter(host, never)).rejects.toMatchObject(busy);
    (await one!.enter(newHost(), never)).leave();
  });

  it('let the next one in when a turn ends, and not before', async () => {
    const host = newHost();
    const [one, other] = fetchers(1, 0, 5_000);
    const turn = await one!.enter(host, never);
    let isIn = false;
    const waiting = other!.enter(host, never).then((next) => {
      isIn = true;
      next.leave();
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isIn).toBe(false);
    turn.leave();
    await waiting;
  });

  it('let everybody wait whom a host wants to wait, or fail when that takes too long', async () => {
    const host = newHost();
    const [one, other] = fetchers(0, 0, 2_000);
    const turn = await one!.enter(host, never);
    await turn.pause(400);
    turn.leave();
    const startedAt = Date.now();
    const next = await other!.enter(host, never);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(350);
    await next.pause(60_000);
    next.leave();
    await expect(one!.enter(host, never)).rejects.toMatchObject({
      code: 'source-rate-limited',
      detail: expect.stringMatching(/^the server asks to wait \d+ s$/),
    });
  });

  it('end a wait at once when the run is cancelled', async () => {
    const host = newHost();
    const [one] = fetchers(1, 0, 60_000);
    const turn = await one!.enter(host, never);
    const aborter = new AbortController();
    const waiting = one!.enter(host, aborter.signal);
    aborter.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    turn.leave();
  });

  it('are kept by each fetcher for itself while there is no bus', async () => {
    const lost = await startNats();
    const bus = await connectBus(lost.url, 'fetcher-test', silent);
    const limits = createHostLimits(
      { inFlightMax: 1, perMinuteMax: 0, waitMs: 300 },
      sharedHostStates(bus, silent),
    );
    await lost.stop();
    const host = newHost();
    const turn = await limits.enter(host, never);
    await expect(limits.enter(host, never)).rejects.toMatchObject(busy);
    turn.leave();
    (await limits.enter(host, never)).leave();
    await bus.close();
  });
});

/** Waits as long as it takes. */
async function createWaiting(limits: HostLimits | undefined, host: string): Promise<Turn> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const turn = await limits?.enter(host, never).catch(() => undefined);
    if (turn !== undefined) return turn;
  }
  throw new Error('the turn never came');
}

describe('a request', () => {
  it('has its turn until its body has ended, and one for each hop', async () => {
    origin.respond('/go', { status: 302, headers: { Location: '/x.csv' } });
    origin.serveFile('/x.csv', 'a\n1\n');
    const hostLimits = createHostLimits({ inFlightMax: 1, perMinuteMax: 0, waitMs: 5_000 });
    const both = [1, 2].map(() => readUrl(origin.url('/go'), { hostLimits }));
    expect(await Promise.all(both)).toMatchObject([{ text: 'a\n1\n' }, { text: 'a\n1\n' }]);
    origin.respond('/slow.csv', { body: 'a\n1\n', hang: 'after-body' });
    const slow = readUrl(origin.url('/slow.csv'), { hostLimits, idleTimeoutMs: 500 }).catch(() => undefined);
    await waitFor(() => origin.requests('/slow.csv').length === 1);
    const next = readUrl(origin.url('/x.csv'), { hostLimits });
    await slow;
    expect(await next).toMatchObject({ text: 'a\n1\n' });
  });

  it.each([
    ['in seconds', () => '1'],
    ['by a date', () => new Date(Date.now() + 1_500).toUTCString()],
  ])('is made again when the server wanted it later, %s', async (_how, when) => {
    origin.respond('/x.csv', () => ({ status: 429, headers: { 'Retry-After': when() } }), { body: 'a\n1\n' });
    const hostLimits = createHostLimits({ inFlightMax: 0, perMinuteMax: 0, waitMs: 5_000 });
    expect(await readUrl(origin.url('/x.csv'), { hostLimits })).toMatchObject({ text: 'a\n1\n' });
    expect(origin.requests()).toHaveLength(2);
  });

  it('is given up, with who limits it, when the server wants it much later', async () => {
    origin.respond('/x.csv', { status: 503, headers: { 'Retry-After': '600' } });
    await expect(readUrl(origin.url('/x.csv'))).rejects.toMatchObject({
      code: 'source-rate-limited',
      detail: 'the server asks to wait 600 s',
    });
    expect(origin.requests()).toHaveLength(1);
  });

  it('is given up when the server never has enough of waiting', async () => {
    origin.respond('/x.csv', { status: 429, headers: { 'Retry-After': '0' } });
    await expect(readUrl(origin.url('/x.csv'))).rejects.toMatchObject({
      code: 'source-rate-limited',
      detail: 'HTTP 429',
    });
    expect(origin.requests()).toHaveLength(3);
  });
});
