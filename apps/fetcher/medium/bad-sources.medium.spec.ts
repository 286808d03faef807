import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startOrigin, waitFor, type Origin } from '@tidetable/test-harness';
import { selfSignedCertificate } from './self-signed-certificate.js';
import { readUrl } from './url-reader.js';

const csv = 'name\nHamburg\n';

let origin: Origin;

beforeEach(async () => {
  origin = await startOrigin();
});

afterEach(async () => {
  await origin.stop();
});

/** A TCP server that does this once it has heard something. */
async function startTcp(answer: (socket: Socket) => void): Promise<{ port: number; server: Server }> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server };
}

describe('an answer that is no file', () => {
  it.each([
    [401, 'source-forbidden'],
    [403, 'source-forbidden'],
    [404, 'source-not-found'],
    [410, 'source-not-found'],
    [429, 'source-rate-limited'],
    [503, 'source-server-error'],
    [418, 'source-http-error'],
    [206, 'source-http-error'],
  ])('with status %i is %s', async (status, code) => {
    origin.respond('/x.csv', { status, body: 'a page about it' });
    await expect(readUrl(origin.url('/x.csv'))).rejects.toMatchObject({
      name: 'SyncError',
      code,
      detail: `HTTP ${status}`,
    });
  });

  it('is given up at once, not read to its end', async () => {
    origin.respond('/x.csv', { status: 500, body: endless });
    await expect(readUrl(origin.url('/x.csv'))).rejects.toMatchObject({ code: 'source-server-error' });
  });
});

describe('a server that is not there', () => {
  it('is unknown when its name has no address', async () => {
    const resolveName = (): Promise<string[]> =>
      Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    await expect(readUrl('http://localhost/x.csv', { resolveName })).rejects.toMatchObject({
      code: 'source-host-unknown',
    });
  });

  it('is unreachable when it refuses the connection', async () => {
    const url = origin.url('/x.csv');
    await origin.stop();
    await expect(readUrl(url)).rejects.toMatchObject({ code: 'source-unreachable', detail: 'ECONNREFUSED' });
  });

  it('is unreachable when it closes the connection without an answer', async () => {
    const { port, server } = await startTcp((socket) => socket.destroy());
    await expect(readUrl(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'source-unreachable' });
    server.close();
  });

  it('is no HTTP server when it speaks something else', async () => {
    const { port, server } = await startTcp((socket) => socket.end('220 mail.example ESMTP\r\n'));
    await expect(readUrl(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'source-http-error' });
    server.close();
  });
});

describe('a server over https', () => {
  it('is refused when nobody vouches for its certificate', async () => {
    const secure = await startOrigin({ tls: selfSignedCertificate });
    secure.serveFile('/x.csv', csv);
    await expect(readUrl(secure.url('/x.csv'))).rejects.toMatchObject({
      code: 'source-tls-invalid',
      detail: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(secure.requests()).toEqual([]);
    await secure.stop();
  });

  it('is refused when it speaks no TLS', async () => {
    origin.serveFile('/x.csv', csv);
    await expect(readUrl(origin.url('/x.csv').replace('http:', 'https:'))).rejects.toMatchObject({
      code: 'source-tls-invalid',
    });
  });
});

describe('a server that is slow', () => {
  it('is given up when its name is not found in time', async () => {
    const resolveName = (): Promise<string[]> => new Promise(() => undefined);
    await expect(readUrl('http://localhost/', { resolveName, connectTimeoutMs: 200 })).rejects.toMatchObject({
      code: 'source-timeout',
      detail: 'no connection within 0.2 s',
    });
  });

  it('is given up when the TLS handshake does not end in time', async () => {
    const { port, server } = await startTcp(() => undefined);
    await expect(readUrl(`https://127.0.0.1:${port}/`, { connectTimeoutMs: 200 })).rejects.toMatchObject({
      code: 'source-timeout',
      detail: 'no connection within 0.2 s',
    });
    server.close();
  });

  it('is given up when it does not answer in time', async () => {
    origin.respond('/x.csv', { hang: 'before-headers' });
    await expect(readUrl(origin.url('/x.csv'), { idleTimeoutMs: 200 })).rejects.toMatchObject({
      code: 'source-timeout',
      detail: 'no answer within 0.2 s',
    });
  });

  it.each(['after-headers', 'after-body'] as const)('is given up when it stalls %s', async (hang) => {
    origin.respond('/x.csv', { body: csv, headers: { 'Content-Length': '1000' }, hang });
    await expect(readUrl(origin.url('/x.csv'), { idleTimeoutMs: 200 })).rejects.toMatchObject({
      code: 'source-timeout',
      detail: 'no data for 0.2 s',
    });
  });

  it('is given up when the whole takes too long, however steadily it drips', async () => {
    origin.respond('/x.csv', { body: drip });
    await expect(
      readUrl(origin.url('/x.csv'), { idleTimeoutMs: 5_000, downloadTimeoutMs: 400 }),
    ).rejects.toMatchObject({
      code: 'source-timeout',
      detail: 'the whole download did not end within 0.4 s',
    });
  });

  it('is not given up as long as something comes', async () => {
    origin.respond('/x.csv', {
      body: async function* () {
        for (let count = 0; count < 10; count += 1) {
          await pause(50);
          yield 'x';
        }
      },
    });
    expect(await readUrl(origin.url('/x.csv'), { idleTimeoutMs: 300 })).toMatchObject({ bytes: 10 });
  });
});

describe('a body that breaks off', () => {
  it.each([
    [
      'before its announced length',
      { body: csv, headers: { 'Content-Length': '1000' }, cutAfterBytes: csv.length },
    ],
    ['within its chunks', { body: csv, framing: 'chunked', cutAfterBytes: 4 }],
    ['before its first byte', { body: csv, cutAfterBytes: 0 }],
  ] as const)('%s is truncated', async (_where, script) => {
    origin.respond('/x.csv', script);
    await expect(readUrl(origin.url('/x.csv'))).rejects.toMatchObject({
      code: 'source-truncated',
      detail: `after ${script.cutAfterBytes} bytes`,
    });
  });

  it.each([
    ['gzip', gzipSync(csv).subarray(0, -9)],
    ['deflate', deflateSync(csv).subarray(0, -5)],
    ['gzip', Buffer.concat([gzipSync(csv).subarray(0, -8), Buffer.alloc(8)])],
    ['gzip', Buffer.from(csv)],
  ])('within its %s stream is truncated, though HTTP calls it whole', async (contentEncoding, body) => {
    origin.respond('/x.csv', { body, headers: { 'Content-Encoding': contentEncoding } });
    await expect(readUrl(origin.url('/x.csv'))).rejects.toMatchObject({ code: 'source-truncated' });
  });

  it('in an unknown coding is refused', async () => {
    origin.respond('/x.csv', { body: csv, headers: { 'Content-Encoding': 'zstd' } });
    await expect(readUrl(origin.url('/x.csv'))).rejects.toMatchObject({ code: 'source-http-error' });
  });
});

describe('a file over the limit', () => {
  const limit = { fileBytesMax: 1_000_000 };
  const tooLarge = { code: 'file-too-large', detail: 'more than 1000000 bytes' };

  it('is refused by its announced length, before its body', async () => {
    origin.respond('/x.csv', { headers: { 'Content-Length': '1000001' }, hang: 'after-headers' });
    await expect(readUrl(origin.url('/x.csv'), limit)).rejects.toMatchObject(tooLarge);
  });

  it('is cut off at the limit when it never ends', async () => {
    origin.respond('/x.csv', { body: endless });
    await expect(readUrl(origin.url('/x.csv'), limit)).rejects.toMatchObject(tooLarge);
  });

  it('is cut off at the limit of its decoded bytes', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    origin.respond('/x.csv', { body: bomb, headers: { 'Content-Encoding': 'gzip' } });
    await expect(readUrl(origin.url('/x.csv'), limit)).rejects.toMatchObject(tooLarge);
  });

  it('is cut off when compressed data go on without yielding anything', async () => {
    const nothing = gzipSync('');
    origin.respond('/x.csv', {
      headers: { 'Content-Encoding': 'gzip' },
      body: function* () {
        for (;;) yield Buffer.concat(Array.from({ length: 500 }, () => nothing));
      },
    });
    await expect(readUrl(origin.url('/x.csv'), limit)).rejects.toMatchObject(tooLarge);
  });

  it('begins with the first byte over it', async () => {
    origin.respond('/x.csv', { body: Buffer.alloc(1_000_000), framing: 'chunked' });
    expect(await readUrl(origin.url('/x.csv'), limit)).toMatchObject({ bytes: 1_000_000 });
    origin.respond('/x.csv', { body: Buffer.alloc(1_000_001), framing: 'chunked' });
    await expect(readUrl(origin.url('/x.csv'), limit)).rejects.toMatchObject(tooLarge);
  });
});

describe('redirects', () => {
  it('in a circle are given up', async () => {
    origin.respond('/a', { status: 302, headers: { Location: '/b' } });
    origin.respond('/b', { status: 301, headers: { Location: '/a' } });
    await expect(readUrl(origin.url('/a'))).rejects.toMatchObject({ code: 'source-redirects-too-many' });
    expect(origin.requests().map(({ target }) => target)).toEqual(['/a', '/b']);
  });

  it('without an end are given up after as many as allowed', async () => {
    for (let hop = 0; hop < 10; hop += 1) {
      origin.respond(`/${hop}`, { status: 302, headers: { Location: `/${hop + 1}` } });
    }
    await expect(readUrl(origin.url('/0'))).rejects.toMatchObject({
      code: 'source-redirects-too-many',
      detail: 'more than 5 redirects',
    });
    expect(origin.requests()).toHaveLength(6);
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/x', 'data:text/csv,a'])(
    'to %s are refused',
    async (location) => {
      origin.respond('/x.csv', { status: 302, headers: { Location: location } });
      await expect(readUrl(origin.url('/x.csv'))).rejects.toMatchObject({ code: 'source-scheme-refused' });
    },
  );
});

describe('a download that is aborted', () => {
  it.each([
    ['before the headers', { hang: 'before-headers' }],
    ['within the body', { body: csv, headers: { 'Content-Length': '1000' }, hang: 'after-body' }],
  ] as const)('%s ends with the reason of the abort and lets go of the connection', async (_when, script) => {
    const aborter = new AbortController();
    const reason = new Error('the service is stopping');
    origin.respond('/x.csv', script);
    const reading = readUrl(origin.url('/x.csv'), {}, null, aborter.signal);
    const ended = expect(reading).rejects.toBe(reason);
    await waitFor(() => origin.requests().length === 1);
    aborter.abort(reason);
    await ended;
    await waitFor(async () => (await origin.openConnectionCount()) === 0, {
      until: 'the connection is closed',
    });
  });
});

function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(64 * 1024, 'x');
}

async function* drip(): AsyncGenerator<string> {
  for (;;) {
    await pause(20);
    yield 'x';
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
