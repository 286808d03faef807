import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createMetadataDatabase,
  insertAccount,
  insertApiKey,
  type TestDatabase,
  waitFor,
} from '@tidetable/test-harness';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type Call, send } from './api-under-test.js';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const secret = 'very-secret';
/** In the form of a state. */
const longSecret = secret.padEnd(43, '-secret');

let database: TestDatabase;
let sql: pg.Pool;
let service: ChildProcess;
let port: number;
let output = '';
let account: { id: string; username: string };
let key: string;

beforeAll(async () => {
  database = await createMetadataDatabase();
  sql = new pg.Pool({ connectionString: database.url, max: 1 });
  account = await insertAccount(sql, { username: 'demo' });
  key = await insertApiKey(sql, account.id);
  const free = await findFreePort();
  const env = {
    METADATA_DATABASE_URL: database.url,
    API_HOST: '127.0.0.1',
    API_PORT: String(free),
    HEALTH_PORT: '0',
    LOG_LEVEL: 'trace',
  };
  service = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [service.stdout, service.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  port = free;
  await waitFor(async () => (await send(port, 'GET', '/readyz')).status === 200, {
    until: 'the api is ready',
  });
});
afterAll(async () => {
  service.kill('SIGKILL');
  await sql.end();
  await database.drop();
});

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return free;
}

/** The log's lines about answered requests, without those by which the test found out that the api is ready. */
function answered(): Record<string, unknown>[] {
  return output
    .split('\n')
    .filter((line) => line.includes('request answered'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ route }) => route !== '/readyz');
}

describe('the log of the api', () => {
  it('has one line for each request, with its route and account, and no key, URL or body anywhere', async () => {
    const authorization = `Basic ${Buffer.from(`demo:${key}`).toString('base64')}`;
    const url = `https://example.org/a.csv?token=${secret}`;
    const calls: [string, string, Call, string | null, number][] = [
      ['GET', `/api/v1/synchronizations?api_key=${key}`, {}, '/api/v1/synchronizations', 200],
      [
        'POST',
        '/user/demo/api/v1/synchronizations/',
        { body: { url, api_key: key } },
        '/user/:username/api/v1/synchronizations',
        200,
      ],
      [
        'POST',
        '/api/v1/synchronizations',
        { body: { url: `${secret}`, api_key: key } },
        '/api/v1/synchronizations',
        400,
      ],
      [
        'POST',
        `/api/v1/synchronizations?api_key=${key}`,
        { body: { url, headers: { 'X-Key': secret }, basic_auth: { username: secret, password: secret } } },
        '/api/v1/synchronizations',
        503,
      ],
      [
        'POST',
        `/api/v1/synchronizations?api_key=${key}`,
        { body: { url, headers: { [secret]: 7 } } },
        '/api/v1/synchronizations',
        400,
      ],
      [
        'POST',
        `/api/v1/synchronizations?api_key=${key}`,
        { body: `{"${secret}` },
        '/api/v1/synchronizations',
        400,
      ],
      ['GET', '/api/v1/synchronizations', { headers: { authorization } }, '/api/v1/synchronizations', 200],
      [
        'GET',
        '/api/v1/synchronizations',
        { headers: { authorization: `Bearer ${secret}` } },
        '/api/v1/synchronizations',
        401,
      ],
      ['GET', `/api/v1/imports/${secret}?api_key=${key}`, {}, '/api/v1/imports/:id', 404],
      ['GET', `/nothing/${secret}?api_key=${key}`, {}, null, 404],
      [
        'GET',
        `/api/v1/connections/authorize/${longSecret}?agree=${secret}`,
        {},
        '/api/v1/connections/authorize/:state',
        503,
      ],
      [
        'GET',
        `/api/v1/imports/service/box/oauth_callback?state=${longSecret}&code=${secret}`,
        {},
        '/api/v1/imports/service/:service/oauth_callback',
        403,
      ],
      [
        'GET',
        `/api/v1/imports/service/box/oauth_callback?state=${longSecret}&code=${secret}&api_key=${key}`,
        {},
        '/api/v1/imports/service/:service/oauth_callback',
        503,
      ],
      [
        'GET',
        `/api/v1/imports/service/box/validate_code/${secret}?state=${longSecret}&api_key=${key}`,
        {},
        '/api/v1/imports/service/:service/validate_code/:code',
        503,
      ],
    ];
    for (const [method, path, call, , status] of calls) {
      expect((await send(port, method, path, call)).status).toBe(status);
    }
    await waitFor(() => answered().length >= calls.length, { until: 'every request is logged' });
    expect(answered()).toEqual(
      calls.map(([method, , , route, status]) =>
        expect.objectContaining({
          service: 'api',
          method,
          route,
          status,
          durationMs: expect.any(Number),
          requestId: expect.any(String),
        }),
      ),
    );
    expect(answered()[0]).toMatchObject({ accountId: account.id });
    expect(output).not.toContain(key);
    expect(output).not.toContain(authorization.slice('Basic '.length));
    expect(output).not.toContain(secret);
  });

  it('tells of our own faults under the id of the request, without the values of its query', async () => {
    await sql.query('ALTER TABLE synchronizations RENAME COLUMN url TO address');
    const path = `/api/v1/synchronizations?api_key=${key}&url=https://example.org/${secret}`;
    const { status, json, headers } = await send(port, 'POST', path);
    await sql.query('ALTER TABLE synchronizations RENAME COLUMN address TO url');
    expect([status, json]).toEqual([500, { errors: expect.stringMatching(/on our side/) }]);
    await waitFor(() => output.includes('request failed'), { until: 'the fault is logged' });
    const line = output.split('\n').find((text) => text.includes('request failed')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      requestId: headers['x-request-id'],
      sqlState: '42703',
      level: 'error',
    });
    expect(output).not.toContain(secret);
  });

  it('ends with the service, which stops on SIGTERM and exits 0', async () => {
    service.kill('SIGTERM');
    expect(await once(service, 'exit')).toEqual([0, null]);
    expect(output).toContain('service stopped');
  });
});
