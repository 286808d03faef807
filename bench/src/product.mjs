/** Tidetable as an operator runs it: servers and the four services as processes, an account, and its API. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startLocalStack } from '@tidetable/local-stack';
import { runMigrations } from '@tidetable/metadata-db';
import { insertAccount, insertApiKey } from '@tidetable/test-harness';
import pg from 'pg';
import { cpuSecondsOfTree, peakMegabytes, processesBelow } from './processes.mjs';

const require = createRequire(import.meta.url);
/** Seldom enough not to take part in what is measured. */
const pollMs = 50;

export async function startProduct(overrides = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'tidetable-bench-'));
  const stack = await startLocalStack({
    dataFolder: join(folder, 'data'),
    durability: 'durable',
    temporary: true,
    env: { PATH: process.env.PATH },
  });
  await runMigrations(stack.metadataDatabaseUrl);
  const metadata = new pg.Pool({ connectionString: stack.metadataDatabaseUrl, max: 1 });
  const account = await insertAccount(metadata, { username: 'bench' });
  const apiKey = await insertApiKey(metadata, account.id);
  await metadata.end();

  const apiPort = String(await freePort());
  const env = {
    PATH: process.env.PATH,
    METADATA_DATABASE_URL: stack.metadataDatabaseUrl,
    DESTINATION_DATABASE_URL: stack.destinationDatabaseUrl,
    NATS_URL: stack.natsUrl,
    STAGED_FILES_URL: `file://${join(folder, 'staged')}`,
    SOURCE_ALLOWED_CIDRS: '127.0.0.0/8',
    // All files come from one host here, which in earnest they don't.
    SOURCE_HOST_CONCURRENCY: '0',
    SOURCE_HOST_REQUESTS_PER_MINUTE: '0',
    // One account stands for many here.
    ACCOUNT_RUNS_MAX: '64',
    API_PORT: apiPort,
    HEALTH_PORT: '0',
    LOG_LEVEL: 'warn',
    SYNC_NOW_GAP_SECONDS: '0',
    ...overrides,
  };
  const services = Object.fromEntries(
    ['api', 'scheduler', 'fetcher', 'importer'].map((name) => {
      const main = join(dirname(require.resolve(`@tidetable/${name}/package.json`)), 'dist', 'main.js');
      return [name, spawn(process.execPath, [main], { env, stdio: ['ignore', 'inherit', 'inherit'] })];
    }),
  );
  // Also when what is measured fails: a service would go on looking for its servers for ever.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  process.once('exit', () => Object.values(services).forEach((service) => service.kill('SIGKILL')));
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const call = async (method, path, body) => {
    const response = await fetch(`${apiUrl}/api/v1/synchronizations${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${await response.text()}`);
    return response.status === 204 ? null : response.json();
  };
  while (!(await fetch(`${apiUrl}/readyz`).catch(() => null))?.ok) await sleep(50);

  return {
    apiUrl,
    stack,
    call,
    /** Creates a synchronization and resolves when its first import ended; throws unless it succeeded. */
    synchronize: async (url) => {
      const { id } = await call('POST', '', { url, interval: 86_400 });
      for (;;) {
        const record = await call('GET', `/${id}`);
        if (record.state === 'success') return record;
        if (record.state === 'failure') throw new Error(record.error_message);
        await sleep(pollMs);
      }
    },
    /** The most memory a service has had resident so far, in MB. */
    peakMegabytes: (name) => peakMegabytes(services[name].pid),
    /** The most memory that any process which a service has started, and which is still there, has had resident. */
    peakMegabytesBelow: (name) =>
      Math.max(0, ...processesBelow(services[name].pid).map(({ pid }) => peakMegabytes(pid))),
    /** Seconds of processor time so far, of each service and server with whatever each of them started. */
    cpuSeconds: () => {
      const servers = processesBelow(stack.keeper.pid).filter(({ parent }) => parent === stack.keeper.pid);
      const pids = [
        ...Object.entries(services).map(([name, { pid }]) => [name, pid]),
        ...servers.map(({ name, pid }) => [name, pid]),
      ];
      return Object.fromEntries(pids.map(([name, pid]) => [name, cpuSecondsOfTree(pid)]));
    },
    /** The importer's own account of its steps in its last import, in ms. */
    lastReport: async (table) => {
      const client = new pg.Client({ connectionString: stack.destinationDatabaseUrl });
      await client.connect();
      const { rows } = await client.query(
        'SELECT report FROM tidetable.synchronized_tables WHERE table_name = $1 ORDER BY swapped_at DESC LIMIT 1',
        [table],
      );
      await client.end();
      const { fetchMs, loadMs, indexMs, swapMs } = rows[0].report;
      return { fetchMs, loadMs, indexMs, swapMs };
    },
    stop: async () => {
      for (const service of Object.values(services)) service.kill('SIGTERM');
      await Promise.all(
        Object.values(services).map((service) => new Promise((end) => service.once('exit', end))),
      );
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
