import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type LocalStack, type ServicesOptions, startServices } from '@tidetable/local-stack';
import { aCheckout, serviceProgram, type ServiceTrace } from './a-checkout.js';
import { aDataFolder, aStack, cleanUp, untilEnded } from './a-stack.js';

const others: Server[] = [];
const checkouts: string[] = [];

afterEach(async () => {
  for (const other of others.splice(0)) other.close();
  await cleanUp();
  for (const checkout of checkouts.splice(0)) rmSync(checkout, { recursive: true });
});

interface Started {
  options: ServicesOptions;
  notices: string[];
  stack: LocalStack;
  trace: (name: string) => ServiceTrace;
}

/** Everything ready for `startServices`, on the servers of the test run. */
async function prepared(changes: { broken?: string; env?: Record<string, string> } = {}): Promise<Started> {
  const env = {
    PATH: process.env['PATH'],
    METADATA_DATABASE_URL: process.env['TEST_METADATA_DATABASE_URL'],
    DESTINATION_DATABASE_URL: process.env['TEST_DESTINATION_DATABASE_URL'],
    NATS_URL: process.env['TEST_NATS_URL'],
    ...changes.env,
  };
  const dataFolder = aDataFolder();
  const checkout = aCheckout(changes);
  checkouts.push(checkout);
  const stack = await aStack(dataFolder, { env });
  const notices: string[] = [];
  const onProgress = (sentence: string): void => void notices.push(sentence);
  const trace = (name: string): ServiceTrace =>
    JSON.parse(readFileSync(`${serviceProgram(checkout, name)}.json`, 'utf8')) as ServiceTrace;
  const options = {
    checkout,
    dataFolder,
    stack,
    env,
    onProgress,
    onLost: (error: Error) => notices.push(error.message),
  };
  return { options, notices, stack, trace };
}

async function aPortInUse(): Promise<number> {
  const other = createServer().listen(0, '127.0.0.1');
  others.push(other);
  await once(other, 'listening');
  return (other.address() as AddressInfo).port;
}

describe('the services of a local stack', () => {
  it('are all ready once the start resolves, and end with the stack', async () => {
    const { options, stack, trace } = await prepared();
    const { apiUrl } = await startServices(options);
    expect((await fetch(apiUrl)).status).toBe(200);
    const pids = ['api', 'scheduler', 'fetcher', 'importer'].map((name) => trace(name).pid);
    await stack.stop();
    await untilEnded(pids);
  });

  it('are told only what each may touch', async () => {
    const { options, trace } = await prepared();
    await startServices(options);
    expect(trace('fetcher').env).not.toHaveProperty('METADATA_DATABASE_URL');
    expect(trace('fetcher').env).not.toHaveProperty('DESTINATION_DATABASE_URL');
    expect(trace('importer').env).not.toHaveProperty('METADATA_DATABASE_URL');
    expect(trace('api').env).not.toHaveProperty('DESTINATION_DATABASE_URL');
  });

  it('keep what tokens are encrypted with to the fetcher and its folder, from one start to the next', async () => {
    const database = `${process.env['TEST_METADATA_DATABASE_URL']}_other?host=127.0.0.1`;
    const { options, trace } = await prepared();
    const stack = { ...options.stack, connectionsDatabaseUrl: database };
    const env = { ...options.env, BOX_CLIENT_ID: 'id', BOX_CLIENT_SECRET: 'secret' };
    await startServices({ ...options, stack, env });
    const keys = trace('fetcher').env['CONNECTION_KEYS'];
    expect(keys).toMatch(/^local:[A-Za-z0-9+/]{43}=$/);
    expect(trace('fetcher').env).toMatchObject({
      CONNECTIONS_DATABASE_URL: database,
      BOX_CLIENT_SECRET: 'secret',
    });
    expect(statSync(join(options.dataFolder, 'connection-keys')).mode & 0o777).toBe(0o600);
    for (const name of ['api', 'scheduler', 'importer']) {
      expect(Object.keys(trace(name).env).filter((key) => /CONNECTION|CLIENT/.test(key))).toEqual([]);
    }
    await startServices({ ...options, stack, env });
    expect(trace('fetcher').env['CONNECTION_KEYS']).toBe(keys);
  });

  it('are started again when they end', async () => {
    const { options, notices, trace } = await prepared();
    await startServices(options);
    const { pid } = trace('importer');
    process.kill(pid, 'SIGKILL');
    while (!notices.includes('The importer is back.')) await delay(20);
    expect(notices).toContain('The importer ended (signal SIGKILL); starting it again in 0.5 s.');
    expect(trace('importer').pid).not.toBe(pid);
  });

  it('fail the start with the end of the log of one that keeps ending', async () => {
    const { options, stack, trace } = await prepared({ broken: 'scheduler' });
    await expect(startServices(options)).rejects.toThrow(
      /^The scheduler ended while starting \(exit code 1\)[\s\S]*\| the environment is not usable/,
    );
    await stack.stop();
    await untilEnded([trace('api').pid]);
  });

  it('refuse a port of the API that is asked for and taken', async () => {
    const port = await aPortInUse();
    const { options } = await prepared({ env: { API_PORT: String(port) } });
    await expect(startServices(options)).rejects.toThrow(
      `API_PORT asks for port ${port}, which another program uses. Stop that one, or name another port.`,
    );
    expect(existsSync(`${serviceProgram(options.checkout, 'api')}.json`)).toBe(false);
  });
});
