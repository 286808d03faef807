import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@tidetable/local-stack';
import { type Customer, customerOf } from './client.js';
import { startSystem, type System } from './system.js';

const good = 'id,name\n1,kept\n';

describe('a source that goes bad', () => {
  let system: System;
  let customer: Customer;
  const connections = { toRefusedAddress: 0 };
  const refused = createServer((socket) => {
    connections.toRefusedAddress++;
    socket.destroy();
  });
  let refusedPort: number;

  beforeAll(async () => {
    system = await startSystem();
    customer = customerOf(system);
    // Loopback, but not the one address of it that the fetcher is allowed to reach.
    await new Promise<void>((resolve) => refused.listen(0, '127.0.0.2', resolve));
    refusedPort = (refused.address() as { port: number }).port;
    await Promise.all([
      system.start('api'),
      system.start('scheduler'),
      system.start('fetcher', {
        IDLE_TIMEOUT_MS: '700',
        CONNECT_TIMEOUT_MS: '700',
        DOWNLOAD_TIMEOUT_MS: '3000',
        FILE_BYTES_MAX: '3000000',
      }),
      system.start('importer'),
    ]);
  });
  afterAll(async () => {
    await new Promise((resolve) => refused.close(resolve));
    await system.stop();
  });

  const respond = (script: Parameters<System['origin']['respond']>[1]) => (path: string) =>
    system.origin.respond(path, script);
  const serve = (content: string | Uint8Array) => (path: string) => system.origin.serveFile(path, content);
  const redirect = (to: (path: string) => string) => (path: string) =>
    system.origin.respond(path, { status: 302, headers: { location: to(path) } });
  function* endless(): Generator<string> {
    for (;;) yield 'id,name\n'.repeat(1000);
  }

  it.each<[string, number, string, (path: string) => void]>([
    ['404', 1100, 'source-not-found', respond({ status: 404 })],
    ['401', 1101, 'source-forbidden', respond({ status: 401 })],
    ['403', 1101, 'source-forbidden', respond({ status: 403 })],
    ['429', 1001, 'source-rate-limited', respond({ status: 429 })],
    ['503', 1001, 'source-server-error', respond({ status: 503 })],
    ['an endless body', 6666, 'file-too-large', respond({ status: 200, body: endless })],
    ['a redirect loop', 1001, 'source-redirects-too-many', redirect((path) => path)],
    [
      'a redirect to a refused address',
      1102,
      'source-address-refused',
      redirect(() => `http://127.0.0.2:${refusedPort}/`),
    ],
    ['a redirect to a file', 1102, 'source-scheme-refused', redirect(() => 'file:///etc/passwd')],
    ['a web page', 1002, 'file-is-web-page', serve('<!DOCTYPE html><html><body>Log in</body></html>')],
    ['an empty file', 1005, 'file-empty', serve('')],
    ['a header without rows', 1005, 'file-without-rows', serve('id,name\n')],
    ['malformed CSV', 2003, 'csv-malformed', serve('id,name\n1,"open\n')],
    ['too many fields', 2003, 'rows-rejected', serve('id,name\n1,2,3\n')],
    [
      'UTF-8 with a byte that is not',
      2006,
      'text-encoding-invalid',
      serve(Buffer.concat([Buffer.from('id,name\n1,café\n2,caf'), Buffer.from([0xe9, 0x0a])])),
    ],
    ['half a ZIP archive', 1003, 'archive-broken', serve(Buffer.from('PK\x03\x04rest'))],
    ['a PDF document', 1002, 'file-type-unsupported', serve('%PDF-1.7 rest')],
    [
      'over 1600 columns',
      2004,
      'columns-too-many',
      serve(`${Array.from({ length: 1601 }, (_, i) => `c${i}`).join(',')}\n${'1,'.repeat(1600)}1\n`),
    ],
  ])('%s: code %i, the last good table intact', async (name, carto, code, spoil) => {
    const path = `/bad-${name.replaceAll(/[^a-z0-9]+/gi, '-')}.csv`;
    system.origin.serveFile(path, good);
    const { id } = await customer.create({ url: system.origin.url(path), interval: 3600 });
    const { name: table } = await customer.settled(id, 'success');

    spoil(path);
    const record = await customer.refresh(id, 'failure');
    expect(record).toMatchObject({ error_code: carto, retried_times: 1, name: table });
    expect(record.error_message).toMatch(/^[A-Z].*\..*\.$/);
    const run = await system.metadata.query<{ failure_code: string }>(
      'SELECT failure_code FROM runs WHERE synchronization_id = $1 ORDER BY run_number DESC LIMIT 1',
      [id],
    );
    expect(run.rows).toEqual([{ failure_code: code }]);
    const { rows } = await system.destination.query(`SELECT id, name FROM demo."${table}"`);
    expect(rows).toEqual([{ id: 1, name: 'kept' }]);

    system.origin.serveFile(path, 'id,name\n2,mended\n');
    expect(await customer.refresh(id)).toMatchObject({
      error_code: null,
      error_message: null,
      retried_times: 0,
    });
    expect((await system.destination.query(`SELECT id, name FROM demo."${table}"`)).rows).toEqual([
      { id: 2, name: 'mended' },
    ]);
  });

  it.each<[string, number, string, () => Promise<string>]>([
    [
      'a refused connection',
      1001,
      'source-unreachable',
      async () => `http://127.0.0.1:${await freePort()}/x.csv`,
    ],
    [
      'a private address',
      1102,
      'source-address-refused',
      async () => `http://127.0.0.2:${refusedPort}/x.csv`,
    ],
    [
      'silence',
      1020,
      'source-timeout',
      async () => {
        system.origin.respond('/silent.csv', { hang: 'before-headers' });
        return system.origin.url('/silent.csv');
      },
    ],
    [
      'a truncated body',
      1103,
      'source-truncated',
      async () => {
        system.origin.respond('/cut.csv', {
          status: 200,
          body: 'id,name\n1,a\n2,b\n',
          cutAfterBytes: 9,
        });
        return system.origin.url('/cut.csv');
      },
    ],
  ])('%s at the first attempt: code %i and no table', async (_name, carto, code, makeUrl) => {
    const { id } = await customer.create({ url: await makeUrl(), interval: 3600 });
    const record = await customer.settled(id, 'failure');
    expect(record).toMatchObject({ error_code: carto, name: null });
    const run = await system.metadata.query<{ failure_code: string }>(
      'SELECT failure_code FROM runs WHERE synchronization_id = $1',
      [id],
    );
    expect(run.rows).toEqual([{ failure_code: code }]);
  });

  it('never connected to an address that it must not reach', () => {
    expect(connections.toRefusedAddress).toBe(0);
  });

  it('keeps URLs, keys and cells out of every log', async () => {
    const logs = await system.logs();
    expect(logs).toContain('run ended');
    for (const secret of [system.apiKey, '/bad-404.csv', 'kept', 'mended', '127.0.0.2']) {
      expect(logs).not.toContain(secret);
    }
  });
});
