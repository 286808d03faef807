import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startOrigin, type Origin } from '@tidetable/test-harness';
import { parseNetworks } from '../src/addresses/classify-address.js';
import { readUrl } from './url-reader.js';

// Two loopback addresses: 127.0.0.1 stands for the public internet, since it is allowed, and 127.0.0.2, which is
// not, for the private network. The only name is localhost, though scripted to lead elsewhere. Whatever goes wrong,
// nothing leaves this machine, not even a question to a name server.
const csv = 'name\nHamburg\n';
const refused = { name: 'SyncError', code: 'source-address-refused' };

let open: Origin;
let hidden: Origin;

beforeEach(async () => {
  open = await startOrigin({ host: '127.0.0.1' });
  hidden = await startOrigin({ host: '127.0.0.2' });
  open.serveFile('/x.csv', csv);
  hidden.serveFile('/x.csv', 'secret');
});

afterEach(async () => {
  await open.stop();
  await hidden.stop();
});

/** Answers each question with the next list; the last one stays. Counts the questions. */
function resolverOf(...answers: [string[], ...string[][]]): {
  resolveName: () => Promise<string[]>;
  asked: () => number;
} {
  let asked = 0;
  const resolveName = (): Promise<string[]> => {
    asked += 1;
    return Promise.resolve(answers[Math.min(asked, answers.length) - 1] ?? []);
  };
  return { resolveName, asked: () => asked };
}

describe('the address guard', () => {
  it('refuses loopback when no network is allowed', async () => {
    await expect(
      readUrl(open.url('/x.csv'), { addressRules: { allowed: [], refused: [] } }),
    ).rejects.toMatchObject(refused);
    expect(open.connectionCount()).toBe(0);
  });

  it.each([
    ['127.0.0.2'],
    ['2130706434'],
    ['0x7f000002'],
    ['0177.0.0.2'],
    ['127.2'],
    ['[::ffff:127.0.0.2]'],
    ['[::ffff:7f00:2]'],
  ])('refuses %s before any connection', async (host) => {
    await expect(readUrl(`http://${host}:${hidden.port}/x.csv`)).rejects.toMatchObject(refused);
    expect(hidden.connectionCount()).toBe(0);
  });

  it('refuses a name that leads to a private address', async () => {
    const { resolveName } = resolverOf(['127.0.0.2']);
    await expect(readUrl(`http://localhost:${hidden.port}/x.csv`, { resolveName })).rejects.toMatchObject(
      refused,
    );
    expect(hidden.connectionCount()).toBe(0);
  });

  it('refuses a name with one private address among allowed ones', async () => {
    const { resolveName } = resolverOf(['127.0.0.1', '127.0.0.2']);
    await expect(readUrl(`http://localhost:${open.port}/x.csv`, { resolveName })).rejects.toMatchObject(
      refused,
    );
    expect([open.connectionCount(), hidden.connectionCount()]).toEqual([0, 0]);
  });

  it.each([301, 302, 303, 307, 308])(
    'refuses a private address behind a redirect with %i',
    async (status) => {
      open.respond('/x.csv', { status, headers: { Location: hidden.url('/x.csv') } });
      await expect(readUrl(open.url('/x.csv'))).rejects.toMatchObject(refused);
      expect(open.connectionCount()).toBe(1);
      expect(hidden.connectionCount()).toBe(0);
    },
  );

  it('refuses a private address on a later hop, by name', async () => {
    const { resolveName } = resolverOf(['127.0.0.1'], ['127.0.0.2']);
    open.respond('/x.csv', { status: 302, headers: { Location: '/y.csv' } });
    open.respond('/y.csv', { status: 302, headers: { Location: `http://localhost:${hidden.port}/x.csv` } });
    const url = `http://localhost:${open.port}/x.csv`;
    await expect(readUrl(url, { resolveName })).rejects.toMatchObject(refused);
    expect(hidden.connectionCount()).toBe(0);
  });

  it('connects to the address that it checked, whatever the name leads to by then', async () => {
    const { resolveName, asked } = resolverOf(['127.0.0.2'], ['127.0.0.1']);
    // Both listen on one port, so that only the address decides who is reached. The system's own answer for this
    // name would lead to the wrong one.
    const checked = await startOrigin({ host: '127.0.0.2', port: open.port });
    checked.serveFile('/x.csv', csv);
    open.serveFile('/x.csv', 'secret');
    const options = { resolveName, addressRules: { allowed: parseNetworks('127.0.0.2'), refused: [] } };
    expect(await readUrl(`http://localhost:${open.port}/x.csv`, options)).toMatchObject({ text: csv });
    expect(asked()).toBe(1);
    expect(checked.requests()[0]?.headers.host).toBe(`localhost:${open.port}`);
    expect(open.connectionCount()).toBe(0);
    await checked.stop();
  });

  it('looks a name up again on every hop, and never reuses a connection', async () => {
    const { resolveName, asked } = resolverOf(['127.0.0.1']);
    open.respond('/start', { status: 302, headers: { Location: '/x.csv' } });
    expect(await readUrl(`http://localhost:${open.port}/start`, { resolveName })).toMatchObject({
      text: csv,
    });
    expect(asked()).toBe(2);
    expect(open.connectionCount()).toBe(2);
  });

  it('goes on to the next of several allowed addresses when the first does not answer', async () => {
    const { resolveName } = resolverOf(['127.0.0.3', '127.0.0.1']);
    const addressRules = { allowed: parseNetworks('127.0.0.1,127.0.0.3'), refused: [] };
    const url = `http://localhost:${open.port}/x.csv`;
    expect(await readUrl(url, { resolveName, addressRules })).toMatchObject({ text: csv });
  });

  it('is not led astray by a proxy in the environment', async () => {
    process.env['http_proxy'] = hidden.url('/');
    process.env['HTTP_PROXY'] = hidden.url('/');
    try {
      expect(await readUrl(open.url('/x.csv'))).toMatchObject({ text: csv });
    } finally {
      delete process.env['http_proxy'];
      delete process.env['HTTP_PROXY'];
    }
    expect(hidden.connectionCount()).toBe(0);
  });
});
