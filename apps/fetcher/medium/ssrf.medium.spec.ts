import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Origin, startOrigin } from '@tidetable/test-harness';
import { parseNetworks } from '../src/addresses/classify-address.js';
import { type Border, closeBorder } from './nothing-leaves.js';
import { selfSignedCertificate } from './self-signed-certificate.js';
import { readUrl } from './url-reader.js';

/**
 * What strangers try with the addresses that they hand in. Anyone can run this alone: `npm run test:ssrf`.
 *
 * Nothing here leaves the machine, even if what is tested were broken: names are answered by the tests themselves, and
 * every connection that is not to loopback is stopped and written down below the code that is tested. So a refusal is
 * proved twice: by its code, and by nobody having tried to connect.
 *
 * 127.0.0.1 stands for the public internet where a test needs one, and 127.0.0.2 for the private network.
 */
const csv = 'name\nHamburg\n';
const refused = { name: 'SyncError', code: 'source-address-refused' };
const nothingAllowed = { addressRules: { allowed: [], refused: [] } };

let border: Border;
let open: Origin;
let hidden: Origin;

beforeAll(() => {
  border = closeBorder();
});

afterAll(() => {
  border.remove();
});

beforeEach(async () => {
  border.attempts.length = 0;
  open = await startOrigin({ host: '127.0.0.1' });
  hidden = await startOrigin({ host: '127.0.0.2' });
  open.serveFile('/x.csv', csv);
  hidden.serveFile('/x.csv', 'secret');
});

afterEach(async () => {
  await open.stop();
  await hidden.stop();
});

/** Answers each question with the next list; the last one stays. */
function resolverOf(...answers: [string[], ...string[][]]): () => Promise<string[]> {
  let asked = 0;
  return () => Promise.resolve(answers[Math.min((asked += 1), answers.length) - 1] ?? []);
}

async function startTcp(answer: (socket: Socket) => void): Promise<{ url: string; stop: () => void }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.csv`,
    stop: () => void server.close(),
  };
}

describe('the border of this suite', () => {
  it('notices whoever connects to an address outside of this machine', async () => {
    const addressRules = { allowed: parseNetworks('192.0.2.7,192.0.2.8'), refused: [] };
    await expect(readUrl('http://192.0.2.7/x.csv', { addressRules })).rejects.toMatchObject({
      code: 'source-unreachable',
    });
    const resolveName = resolverOf(['192.0.2.8']);
    await expect(readUrl('http://a.example/x.csv', { addressRules, resolveName })).rejects.toMatchObject({
      code: 'source-unreachable',
    });
    expect(border.attempts).toEqual(['192.0.2.7', '192.0.2.8']);
  });
});

describe('an address written into the URL', () => {
  it.each([
    // Loopback, in every spelling
    '127.0.0.1', '127.1', '127.0.1', '127.255.255.254', '2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1',
    '017700000001', '00000177.0.0.1', '127.0.0.1.', '%31%32%37.0.0.1', '１２７.0.0.1', '127。0。0。1', '①②⑦.0.0.1',
    'example.com@127.0.0.1', '0', '0.0.0.0', '0x0', '[::1]', '[0:0:0:0:0:0:0:1]', '[::]',
    // Private, shared, link-local, with the metadata services of clouds
    '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.254', '192.168.1.1', '3232235777', '100.64.0.1',
    '169.254.169.254', '0xA9FEA9FE', '0251.0376.0251.0376', '169.254.170.2', '100.100.100.200', '192.0.0.192',
    '[fd00:ec2::254]', '[fc00::1]', '[fe80::1]', '[fec0::1]',
    // IPv4 inside IPv6: mapped, compatible, translated (NAT64, also of one's own), 6to4, Teredo
    '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:169.254.169.254]', '[::127.0.0.1]', '[::7f00:1]',
    '[::ffff:0:127.0.0.1]', '[64:ff9b::127.0.0.1]', '[64:ff9b::a9fe:a9fe]', '[64:ff9b:1::127.0.0.1]',
    '[64:ff9b:1:abcd::a00:1]', '[2002:7f00:1::]', '[2002:a9fe:a9fe::1]', '[2001:0:4136:e378:8000:63bf:80ff:fffe]',
    // Multicast, broadcast, reserved, documentation, benchmarks, discard
    '224.0.0.1', '239.255.255.255', '255.255.255.255', '240.0.0.1', '192.0.2.1', '198.51.100.1', '203.0.113.1',
    '198.18.0.1', '192.88.99.1', '[ff02::1]', '[ff0e::1]', '[2001:db8::1]', '[3fff::1]', '[100::1]', '[5f00::1]',
  ])('is refused: %s', async (host) => {
    await expect(readUrl(`http://${host}:${open.port}/x.csv`, nothingAllowed)).rejects.toMatchObject(refused);
    expect([open.connectionCount(), border.attempts]).toEqual([0, []]);
  }); // prettier-ignore

  it.each([
    'http://[fe80::1%25eth0]/x.csv',
    'http://[::1%251]/x.csv',
    'http://0x100000000/x.csv',
    'http://256.1.1.1/',
  ])('is refused when it can be read in two ways: %s', async (url) => {
    await expect(readUrl(url, nothingAllowed)).rejects.toMatchObject({ name: 'SyncError' });
    expect(border.attempts).toEqual([]);
  });

  it('is refused beside an allowed network', async () => {
    await expect(readUrl(hidden.url('/x.csv'))).rejects.toMatchObject(refused);
    expect(hidden.connectionCount()).toBe(0);
  });

  it('is refused where the operator closed the network, though it is allowed', async () => {
    const networks = parseNetworks('127.0.0.1');
    const addressRules = { allowed: networks, refused: networks };
    await expect(readUrl(open.url('/x.csv'), { addressRules })).rejects.toMatchObject(refused);
    expect(open.connectionCount()).toBe(0);
  });
});

describe('a name', () => {
  it.each([
    [['127.0.0.2']],
    [['169.254.169.254']],
    [['10.0.0.5']],
    [['::1']],
    [['::ffff:127.0.0.2']],
    [['64:ff9b::7f00:2']],
    [['fd00:ec2::254']],
    [['0.0.0.0']],
    [['8.8.8.8', '127.0.0.2']],
    [['127.0.0.2', '8.8.8.8']],
    [['2606:4700::1111', 'fe80::1']],
    [['fe80::1%lo']],
    [['not an address']],
  ])('that leads to %j is refused', async (addresses) => {
    const resolveName = resolverOf(addresses);
    const url = `http://localhost:${hidden.port}/x.csv`;
    await expect(readUrl(url, { ...nothingAllowed, resolveName })).rejects.toMatchObject(refused);
    expect([hidden.connectionCount(), border.attempts]).toEqual([0, []]);
  });

  it('is looked up once for a connection: a second answer is never used', async () => {
    const checked = await startOrigin({ host: '127.0.0.3', port: open.port });
    checked.serveFile('/x.csv', csv);
    const options = {
      resolveName: resolverOf(['127.0.0.3'], ['127.0.0.1']),
      addressRules: { allowed: parseNetworks('127.0.0.3'), refused: [] },
    };
    expect(await readUrl(`http://localhost:${open.port}/x.csv`, options)).toMatchObject({ text: csv });
    expect(open.connectionCount()).toBe(0);
    await checked.stop();
  });

  it.each([1, 2, 3])('that turns private on hop %i is refused there', async (hop) => {
    const answers = Array.from({ length: hop }, () => ['127.0.0.1']);
    const resolveName = resolverOf(...(answers as [string[]]), ['127.0.0.2']);
    const url = (n: number): string => `http://localhost:${open.port}/${n}`;
    for (let n = 0; n < 5; n += 1) open.respond(`/${n}`, { status: 302, headers: { Location: url(n + 1) } });
    await expect(readUrl(url(0), { resolveName })).rejects.toMatchObject(refused);
    expect([open.connectionCount(), hidden.connectionCount()]).toEqual([hop, 0]);
  });

  it('that turns private between two parts of a download is refused then', async () => {
    const body = Buffer.alloc(100_000, 'x');
    open.respond('/big.csv', {
      headers: { ETag: '"1"', 'Content-Length': '100000' },
      body,
      cutAfterBytes: 50_000,
    });
    const resolveName = resolverOf(['127.0.0.1'], ['127.0.0.2']);
    await expect(readUrl(`http://localhost:${open.port}/big.csv`, { resolveName })).rejects.toMatchObject(
      refused,
    );
    expect([open.connectionCount(), hidden.connectionCount()]).toEqual([1, 0]);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('with %i to a private address is refused', async (status) => {
    open.respond('/go', { status, headers: { Location: hidden.url('/x.csv') } });
    await expect(readUrl(open.url('/go'))).rejects.toMatchObject(refused);
    expect(hidden.connectionCount()).toBe(0);
  });

  it.each([
    ['//127.0.0.2:PORT/x.csv', 'source-address-refused'],
    ['http://2130706434:PORT/x.csv', 'source-address-refused'],
    ['http://[::ffff:127.0.0.2]:PORT/x.csv', 'source-address-refused'],
    ['http://user@127.0.0.2:PORT/x.csv', 'source-address-refused'],
    ['\\\\127.0.0.2:PORT\\x.csv', 'source-address-refused'],
    ['http://169.254.169.254/latest/meta-data/', 'source-address-refused'],
    ['ftp://127.0.0.2:PORT/x.csv', 'source-scheme-refused'],
    ['file:///etc/passwd', 'source-scheme-refused'],
    ['gopher://127.0.0.2:6379/_FLUSHALL', 'source-scheme-refused'],
    ['data:text/csv,a', 'source-scheme-refused'],
    ['javascript:0', 'source-scheme-refused'],
    ['http://127.0.0.1:6379/', 'source-port-refused'],
    ['http://127.0.0.1:25/', 'source-port-refused'],
    ['/go', 'source-redirects-too-many'],
  ])('to %s is refused', async (location, code) => {
    open.respond('/go', {
      status: 302,
      headers: { Location: location.replace('PORT', String(hidden.port)) },
    });
    await expect(readUrl(open.url('/go'))).rejects.toMatchObject({ name: 'SyncError', code });
    expect([open.connectionCount(), hidden.connectionCount(), border.attempts]).toEqual([1, 0, []]);
  });

  it('is followed a bounded number of times', async () => {
    for (let n = 0; n < 20; n += 1)
      open.respond(`/${n}`, { status: 302, headers: { Location: `/${n + 1}` } });
    await expect(readUrl(open.url('/0'))).rejects.toMatchObject({ code: 'source-redirects-too-many' });
    expect(open.connectionCount()).toBe(6);
  });
});

describe('what only speaks of an address', () => {
  it('is not fetched: links and forms of a page', async () => {
    open.respond('/x.csv', {
      body: `<!doctype html><meta http-equiv="refresh" content="0;url=${hidden.url('/x.csv')}"><form id="download-form" action="${hidden.url('/x.csv')}"></form>`,
    });
    await expect(readUrl(open.url('/x.csv'))).rejects.toMatchObject({ code: 'source-scan-page' });
    expect(hidden.connectionCount()).toBe(0);
  });

  it('is fetched through the same guard: the pages of a layer', async () => {
    open.respond('/FeatureServer/0', {
      status: 302,
      headers: { Location: hidden.url('/FeatureServer/0') },
    });
    await expect(readUrl(open.url('/FeatureServer/0'))).rejects.toMatchObject(refused);
    expect(hidden.connectionCount()).toBe(0);
  });
});

describe('another protocol', () => {
  it.each([
    'ftp://127.0.0.1/x',
    'file:///etc/passwd',
    'gopher://127.0.0.1/_x',
    'data:text/csv,a',
    'ws://127.0.0.1/',
    'blob:http://127.0.0.1/x',
    'jar:http://127.0.0.1!/',
    '',
  ])('is refused: %j', async (url) => {
    await expect(readUrl(url)).rejects.toMatchObject({ code: 'source-scheme-refused' });
    expect(border.attempts).toEqual([]);
  });

  it.each([22, 25, 110, 143, 2375, 3306, 4222, 5060, 5432, 6379, 11_211, 27_017])(
    'is not spoken to through HTTP: port %i',
    async (port) => {
      await expect(readUrl(`http://127.0.0.1:${port}/x.csv`)).rejects.toMatchObject({
        code: 'source-port-refused',
      });
    },
  );
});

describe('headers', () => {
  it('can not be smuggled in through the path', async () => {
    await readUrl(open.url('/x.csv?a=%0d%0aX-Evil:%201%0d%0a')).catch(() => undefined);
    const [request] = open.requests();
    expect(request?.target).toBe('/x.csv?a=%0d%0aX-Evil:%201%0d%0a');
    expect(request?.headers).not.toHaveProperty('x-evil');
  });

  it('can not be smuggled in through a redirect', async () => {
    const server = await startTcp((socket) =>
      socket.end(
        `HTTP/1.1 302 Found\r\nLocation: ${open.url('/x.csv')}?a=b\tX-Evil: 1\nc\r\nContent-Length: 0\r\n\r\n`,
      ),
    );
    await readUrl(server.url).catch(() => undefined);
    for (const request of open.requests()) expect(request.headers).not.toHaveProperty('x-evil');
    server.stop();
  });

  it('can not be smuggled in through a validator that we kept', async () => {
    const previous = { etag: '"a"\r\nX-Evil: 1', lastModified: null, sha256: '0'.repeat(64), bytes: 1 };
    expect(await readUrl(open.url('/x.csv'), {}, previous)).toMatchObject({ text: csv });
    expect(open.requests()[0]?.headers).not.toHaveProperty('x-evil');
  });

  it('that are too long end the request', async () => {
    const server = await startTcp((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(64 * 1024)}\r\n\r\n`),
    );
    await expect(readUrl(server.url)).rejects.toMatchObject({ code: 'source-http-error' });
    server.stop();
  });

  it('that never end do not grow in memory', async () => {
    const server = await startTcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = (): void =>
        void (socket.destroyed || socket.write('X-More: 0123456789\r\n'.repeat(1_000), more));
      more();
    });
    await expect(readUrl(server.url)).rejects.toMatchObject({ code: 'source-http-error' });
    server.stop();
  });

  it('set no cookies that another request would send', async () => {
    open.respond('/go', { status: 302, headers: { Location: '/x.csv', 'Set-Cookie': 'session=1; Path=/' } });
    await readUrl(open.url('/go'));
    await readUrl(open.url('/x.csv'));
    for (const request of open.requests()) expect(request.headers).not.toHaveProperty('cookie');
  });
});

describe('credentials of a URL', () => {
  it.each(['another port', 'another name'])('do not follow a redirect to %s', async (which) => {
    const other = await startOrigin({ host: '127.0.0.1' });
    other.serveFile('/x.csv', csv);
    const target = which === 'another port' ? other : open;
    const host = which === 'another port' ? '127.0.0.1' : 'localhost';
    open.respond('/go', { status: 302, headers: { Location: `http://${host}:${target.port}/x.csv` } });
    const url = open.url('/go').replace('//', '//ann:secret@');
    await readUrl(url, { resolveName: resolverOf(['127.0.0.1']) });
    expect(open.requests('/go')[0]?.headers).toHaveProperty('authorization');
    expect(target.requests('/x.csv')[0]?.headers).not.toHaveProperty('authorization');
    await other.stop();
  });

  it('are in no error', async () => {
    open.respond('/x.csv', { status: 500 });
    const failure: unknown = await readUrl(
      open.url('/x.csv?key=s3cret').replace('//', '//ann:s3cret@'),
    ).catch((error: unknown) => error);
    expect(String(failure) + JSON.stringify(failure)).not.toContain('s3cret');
  });
});

describe('what a customer gave for the requests', () => {
  const secret = 's3cret';
  /** For the origin that is open. */
  const kept = () => ({
    origin: new URL(open.url('/')).origin,
    headers: { 'X-Api-Key': secret, Cookie: `session=${secret}`, Authorization: `Bearer ${secret}` },
  });
  const redirectTo = (Location: string) => ({ status: 302, headers: { Location } });
  const seen = (origin: Origin): string => JSON.stringify(origin.requests());

  it('is sent to its own origin, on every hop', async () => {
    open.respond('/go', redirectTo('/x.csv'));
    await readUrl(open.url('/go'), { kept: kept() });
    const sent = { 'x-api-key': secret, cookie: `session=${secret}`, authorization: `Bearer ${secret}` };
    expect(open.requests().map(({ headers }) => headers)).toEqual([
      expect.objectContaining(sent),
      expect.objectContaining(sent),
    ]);
  });

  it.each([301, 302, 303, 307, 308])('does not follow a redirect %i to another port', async (status) => {
    const other = await startOrigin({ host: '127.0.0.1' });
    other.serveFile('/x.csv', csv);
    open.respond('/go', { ...redirectTo(other.url('/x.csv')), status });
    await readUrl(open.url('/go'), { kept: kept() });
    expect([other.requests().length, seen(other).includes(secret)]).toEqual([1, false]);
    await other.stop();
  });

  it.each(['localhost', 'a.example', '127.0.0.1.a.example'])(
    'does not follow a redirect to another name of the same server: %s',
    async (name) => {
      open.respond('/go', redirectTo(`http://${name}:${open.port}/x.csv`));
      await readUrl(open.url('/go'), { kept: kept(), resolveName: resolverOf(['127.0.0.1']) });
      expect(JSON.stringify(open.requests('/x.csv'))).not.toContain(secret);
    },
  );

  it('does not follow a redirect from https to http on the same host', async () => {
    const secure = { origin: `https://127.0.0.1:${open.port}`, headers: kept().headers };
    await readUrl(open.url('/x.csv'), { kept: secure });
    expect(seen(open)).not.toContain(secret);
  });

  it('is not seen by the other origin when a redirect leads away and back', async () => {
    const other = await startOrigin({ host: '127.0.0.1' });
    other.respond('/back', redirectTo(open.url('/x.csv')));
    open.respond('/go', redirectTo(other.url('/back')));
    expect(await readUrl(open.url('/go'), { kept: kept() })).toMatchObject({ text: csv });
    expect([other.requests().length, seen(other).includes(secret)]).toEqual([1, false]);
    expect(open.requests('/x.csv')[0]?.headers).toMatchObject({ 'x-api-key': secret });
    await other.stop();
  });

  it('is not asked for by a redirect that names the user itself', async () => {
    const other = await startOrigin({ host: '127.0.0.1' });
    other.serveFile('/x.csv', csv);
    open.respond('/go', redirectTo(other.url('/x.csv').replace('//', '//ann:pass@')));
    await readUrl(open.url('/go'), { kept: kept() });
    expect(other.requests()[0]?.headers).not.toHaveProperty('authorization');
    await other.stop();
  });

  it('does not open a private network', async () => {
    const private_ = { origin: new URL(hidden.url('/')).origin, headers: { 'Metadata-Flavor': 'Google' } };
    await expect(readUrl(hidden.url('/x.csv'), { kept: private_ })).rejects.toMatchObject(refused);
    expect([hidden.connectionCount(), border.attempts]).toEqual([0, []]);
  });

  it.each([401, 403, 500])('is in no error: HTTP %i', async (status) => {
    open.respond('/x.csv', { status });
    const failure: unknown = await readUrl(open.url('/x.csv'), { kept: kept() }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ name: 'SyncError' });
    expect(inspect(failure, { depth: 20 })).not.toContain(secret);
  });
});

describe('a certificate', () => {
  it('is verified whatever the environment says', async () => {
    const secure = await startOrigin({ tls: selfSignedCertificate });
    secure.serveFile('/x.csv', csv);
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      await expect(readUrl(secure.url('/x.csv'))).rejects.toMatchObject({ code: 'source-tls-invalid' });
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
    expect(secure.requests()).toEqual([]);
    await secure.stop();
  });

  it('is not asked for through a proxy of the environment', async () => {
    process.env['http_proxy'] = hidden.url('/');
    process.env['HTTPS_PROXY'] = hidden.url('/');
    try {
      expect(await readUrl(open.url('/x.csv'))).toMatchObject({ text: csv });
    } finally {
      delete process.env['http_proxy'];
      delete process.env['HTTPS_PROXY'];
    }
    expect(hidden.connectionCount()).toBe(0);
  });
});

describe('a bomb', () => {
  const limit = { fileBytesMax: 1_000_000_000 };
  const zeros = Buffer.alloc(80 * 1024 * 1024);
  const tooLarge = { code: 'file-too-large' };

  it.each([
    ['gzip', gzipSync(zeros)],
    ['br', brotliCompressSync(zeros)],
    ['gzip, gzip', gzipSync(gzipSync(zeros))],
  ])('in %s is defused long before the limit of a file', async (coding, body) => {
    open.respond('/x.csv', { body, headers: { 'Content-Encoding': coding } });
    await expect(readUrl(open.url('/x.csv'), limit)).rejects.toMatchObject(tooLarge);
  });

  it('of many codings is not even unpacked', async () => {
    open.respond('/x.csv', { body: 'x', headers: { 'Content-Encoding': 'gzip, gzip, gzip, gzip' } });
    await expect(readUrl(open.url('/x.csv'), limit)).rejects.toMatchObject({ code: 'source-http-error' });
  });

  it('without an end is cut off at the limit', async () => {
    open.respond('/x.csv', {
      body: function* () {
        for (let n = 0; n < 10_000; n += 1) yield Buffer.alloc(64 * 1024, 'x');
      },
    });
    await expect(readUrl(open.url('/x.csv'), { fileBytesMax: 1_000_000 })).rejects.toMatchObject(tooLarge);
  });

  it('of time is cut off, however steadily it drips', async () => {
    open.respond('/x.csv', {
      body: async function* () {
        for (let n = 0; n < 1_000; n += 1) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          yield 'x';
        }
      },
    });
    await expect(readUrl(open.url('/x.csv'), { downloadTimeoutMs: 300 })).rejects.toMatchObject({
      code: 'source-timeout',
    });
  });
});
