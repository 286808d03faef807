import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeliverWebhookV1Reply } from '@tidetable/contracts';
import { FetcherClient } from '@tidetable/scheduler-client';
import { createLogger, parseEnvironment } from '@tidetable/service-host';
import { type NatsServer, type Origin, startNats, startOrigin } from '@tidetable/test-harness';
import { isPortHarmless } from '../src/addresses/allowed-ports.js';
import { parseNetworks } from '../src/addresses/classify-address.js';
import { fetcherEnvSchema } from '../src/fetcher.env.js';
import { start } from '../src/start.js';
import { type DeliveryOptions, deliverWebhook } from '../src/webhooks/deliver-webhook.js';
import { selfSignedCertificate } from './self-signed-certificate.js';

/** Loopback is open here, and no name is looked up but by scripts. */
const options: DeliveryOptions = {
  resolveName: () => Promise.reject(new Error('this test has no names')),
  addressRules: { allowed: parseNetworks('127.0.0.1/32'), refused: [] },
  isPortAllowed: isPortHarmless,
  userAgent: 'Tidetable/test',
};
const body = '{"specversion":"1.0","subject":"Süd"}';

describe('a delivery to a webhook', () => {
  let origin: Origin;
  let elsewhere: Origin;
  beforeAll(async () => {
    origin = await startOrigin();
    elsewhere = await startOrigin({ host: '127.0.0.2' });
  });
  beforeEach(() => origin.respond('/hook', { status: 200, body: 'thanks' }));
  afterAll(async () => {
    await origin.stop();
    await elsewhere.stop();
  });

  const deliver = (
    url: string,
    timeoutMs = 5_000,
    changed: Partial<DeliveryOptions> = {},
  ): Promise<DeliverWebhookV1Reply> =>
    deliverWebhook(
      {
        url,
        headers: { 'content-type': 'application/cloudevents+json', 'webhook-id': '1' },
        body,
        timeoutMs,
      },
      { ...options, ...changed },
    );

  it.each([
    [{ status: 200 }, { outcome: 'answered', status: 200 }],
    [{ status: 204 }, { outcome: 'answered', status: 204 }],
    [{ status: 410 }, { outcome: 'answered', status: 410 }],
    [
      { status: 500, body: 'x'.repeat(1_000_000) },
      { outcome: 'answered', status: 500 },
    ],
    [
      { status: 429, headers: { 'Retry-After': '120' } },
      { outcome: 'answered', status: 429, retryAfterSeconds: 120 },
    ],
    [
      { status: 500, headers: { 'Retry-After': '120' } },
      { outcome: 'answered', status: 500 },
    ],
    [
      { status: 200, body: 'cut off', cutAfterBytes: 2 },
      { outcome: 'answered', status: 200 },
    ],
  ] as const)('that is answered %j is told as %j', async (script, told) => {
    origin.respond('/answers', script);
    expect(await deliver(origin.url('/answers'))).toEqual(told);
  });

  it('is sent as it is, once, with what is signed and who we are', async () => {
    const received: { message: IncomingMessage; digest: string }[] = [];
    const server = createServer((message, response) => {
      const hash = createHash('sha256');
      message.on('data', (piece: Buffer) => hash.update(piece));
      message.on('end', () => {
        received.push({ message, digest: hash.digest('hex') });
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await deliver(`http://name:word@127.0.0.1:${port}/hook?token=1#part`)).toEqual({
      outcome: 'answered',
      status: 200,
    });
    await new Promise((resolve) => server.close(resolve));
    expect(received.map(({ message, digest }) => [message.method, message.url, digest])).toEqual([
      ['POST', '/hook?token=1', createHash('sha256').update(body).digest('hex')],
    ]);
    expect(received[0]?.message.headers).toMatchObject({
      'content-type': 'application/cloudevents+json',
      'webhook-id': '1',
      'user-agent': 'Tidetable/test',
      'content-length': String(Buffer.byteLength(body)),
    });
    expect(received[0]?.message.headers.authorization).toBeUndefined();
  });

  it('follows no redirect', async () => {
    elsewhere.respond('/hook', { status: 200 });
    origin.respond('/moved', { status: 308, headers: { Location: elsewhere.url('/hook') } });
    expect(await deliver(origin.url('/moved'))).toEqual({ outcome: 'answered', status: 308 });
    expect(elsewhere.requests('/hook')).toEqual([]);
  });

  it.each<[string, (port: number) => string, string[]]>([
    ['a loopback address that is not allowed', (port) => `http://127.0.0.2:${port}/hook`, []],
    ['an address written as a number', (port) => `http://2130706434:${port}/hook`, []],
    ['IPv6 loopback', (port) => `http://[::1]:${port}/hook`, []],
    ['the metadata of a cloud', () => 'http://169.254.169.254/latest', []],
    ['a name with a private address', (port) => `http://hook.example:${port}/hook`, ['10.0.0.1']],
    [
      'a name with a good and a bad address',
      (port) => `http://hook.example:${port}/`,
      ['127.0.0.1', '127.0.0.2'],
    ],
  ])('is not sent to %s', async (_what, urlOf, addresses) => {
    const before = elsewhere.connectionCount() + origin.connectionCount();
    const resolveName = () => Promise.resolve(addresses);
    expect(await deliver(urlOf(elsewhere.port), 5_000, { resolveName })).toEqual({
      outcome: 'failed',
      code: 'target-address-refused',
    });
    expect(elsewhere.connectionCount() + origin.connectionCount()).toBe(before);
  });

  it.each([
    ['file:///etc/passwd', 'target-scheme-refused'],
    ['no address at all', 'target-scheme-refused'],
    ['http://127.0.0.1:25/', 'target-port-refused'],
    ['http://127.0.0.1:9999999/', 'target-scheme-refused'],
    ['http://127.0.0.1:2/', 'target-unreachable'],
  ])('to %s is %s', async (url, code) => {
    expect(await deliver(url)).toEqual({ outcome: 'failed', code });
  });

  it('to an unknown name says so', async () => {
    const resolveName = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    expect(await deliver('http://nowhere.example/', 5_000, { resolveName })).toEqual({
      outcome: 'failed',
      code: 'target-host-unknown',
    });
  });

  it('to a server whose certificate nobody vouches for is not made', async () => {
    const secure = await startOrigin({ tls: selfSignedCertificate });
    const reply = await deliver(secure.url('/hook'));
    const requests = secure.requests();
    await secure.stop();
    expect([reply, requests]).toEqual([{ outcome: 'failed', code: 'target-tls-invalid' }, []]);
  });

  it.each([
    [{ hang: 'before-headers' }, { outcome: 'failed', code: 'target-timeout' }],
    [{ hang: 'after-headers' }, { outcome: 'answered', status: 200 }],
    [{ body: endless }, { outcome: 'answered', status: 200 }],
  ] as const)('takes no longer than it may when the server does %j', async (script, told) => {
    origin.respond('/slow', script);
    const startedAt = performance.now();
    expect(await deliver(origin.url('/slow'), 300)).toEqual(told);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  describe('that a scheduler asks for', () => {
    let nats: NatsServer;
    beforeAll(async () => {
      nats = await startNats();
    });
    afterAll(() => nats.stop());

    it('is made by the fetcher that hears it, to where sources may be as well', async () => {
      const env = parseEnvironment(fetcherEnvSchema, {
        NATS_URL: nats.url,
        HEALTH_PORT: '0',
        SOURCE_ALLOWED_CIDRS: '127.0.0.1/32',
      });
      const fetcher = await start(env, createLogger('test', 'fatal'));
      const client = FetcherClient.create({ servers: [nats.url] }, 'test');
      const ask = (url: string) => client.deliverWebhook({ url, headers: {}, body, timeoutMs: 5_000 });
      const replies = [await ask(origin.url('/hook')), await ask(elsewhere.url('/hook'))];
      await client.close();
      await fetcher.stop();
      expect(replies).toEqual([
        { outcome: 'answered', status: 200 },
        { outcome: 'failed', code: 'target-address-refused' },
      ]);
    });
  });
});

function* endless(): Generator<string> {
  for (let piece = 0; piece < 100_000; piece += 1) yield 'x'.repeat(1_024);
}
