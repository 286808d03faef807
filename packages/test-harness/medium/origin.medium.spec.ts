import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Origin, startOrigin, waitFor } from '@tidetable/test-harness';

let origin: Origin;

beforeEach(async () => {
  origin = await startOrigin();
});

afterEach(async () => {
  await origin.stop();
});

/** What comes over the wire for a plain GET, until the origin closes the connection. */
async function wire(path: string, headers = ''): Promise<string> {
  const socket = connect(origin.port, '127.0.0.1');
  socket.setEncoding('latin1');
  let text = '';
  socket.on('data', (piece: string) => (text += piece));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: origin\r\nConnection: close\r\n${headers}\r\n`);
  await once(socket, 'close');
  return text;
}

describe('an origin', () => {
  it('sends what it is told and no header more than it must', async () => {
    origin.respond('/x', { body: 'abc', headers: { ETag: '"\u00e9"' } });
    expect(await wire('/x')).toBe(
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nETag: "\u00e9"\r\nConnection: close\r\n\r\nabc',
    );
  });

  it('sends made pieces as chunks', async () => {
    origin.respond('/x', { body: () => ['ab', 'c'] });
    expect(await wire('/x')).toMatch(/\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n$/);
  });

  it('cuts the connection where it is told to, after announcing more', async () => {
    origin.respond('/x', { body: 'abcdef', cutAfterBytes: 2 });
    expect(await wire('/x')).toMatch(/Content-Length: 6\r\n[^]*\r\n\r\nab$/);
  });

  it('sends nothing when it hangs before the headers, until it stops', async () => {
    origin.respond('/x', { hang: 'before-headers' });
    const received = wire('/x');
    await waitFor(() => origin.requests('/x').length === 1);
    await origin.stop();
    expect(await received).toBe('');
  });

  it('answers in turn and stays with the last', async () => {
    origin.respond('/x', { status: 500 }, (request) => ({ body: request.method }));
    const statuses = [await wire('/x'), await wire('/x'), await wire('/x')].map((text) => text.slice(9, 12));
    expect(statuses).toEqual(['500', '200', '200']);
  });

  it('serves a file to whom it is new, and 304 to whom it is not', async () => {
    const lastModified = 'Tue, 05 Nov 2024 10:00:00 GMT';
    origin.serveFile('/x', 'abc', { etag: '"v1"', lastModified });
    const statusFor = async (headers: string): Promise<string> => (await wire('/x', headers)).slice(9, 12);
    expect(await statusFor('')).toBe('200');
    expect(await statusFor('If-None-Match: "v0", W/"v1"\r\n')).toBe('304');
    expect(await statusFor('If-None-Match: "v0"\r\n')).toBe('200');
    expect(await statusFor(`If-None-Match: "v0"\r\nIf-Modified-Since: ${lastModified}\r\n`)).toBe('200');
    expect(await statusFor(`If-Modified-Since: ${lastModified}\r\n`)).toBe('304');
    expect(await statusFor('If-Modified-Since: Tue, 05 Nov 2024 09:59:59 GMT\r\n')).toBe('200');
  });

  it('has no page where it was told nothing, and remembers every request', async () => {
    expect(await wire('/nothing?q=1')).toMatch(/^HTTP\/1.1 404 /);
    expect(origin.requests('/nothing')).toMatchObject([{ method: 'GET', target: '/nothing?q=1' }]);
    expect(origin.connectionCount()).toBe(1);
  });
});
