/** Two schedulers as an operator runs them, with servers of their own, and workers that answer at once. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startLocalStack } from '@tidetable/local-stack';
import { runMigrations } from '@tidetable/metadata-db';
import pg from 'pg';
import { cpuSecondsOfTree, processesBelow } from './processes.mjs';

const main = join(
  dirname(createRequire(import.meta.url).resolve('@tidetable/scheduler/package.json')),
  'dist',
  'main.js',
);

/** Servers with nothing on them but the schema; statements are counted where `countsStatements` says so. */
export async function startServers(countsStatements = false) {
  const folder = await mkdtemp(join(tmpdir(), 'tidetable-bench-'));
  const stack = await startLocalStack({
    dataFolder: join(folder, 'data'),
    durability: 'durable',
    temporary: true,
    env: { PATH: process.env.PATH },
  });
  await runMigrations(stack.metadataDatabaseUrl);
  const connect = () => {
    const pool = new pg.Pool({ connectionString: stack.metadataDatabaseUrl, max: 2 });
    // The server may be gone before an idle connection has left.
    pool.on('error', () => undefined);
    return pool;
  };
  let metadata = connect();
  if (countsStatements) {
    await metadata.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`);
    await metadata.end();
    await stack.restartPostgres();
    metadata = connect();
    await metadata.query('CREATE EXTENSION pg_stat_statements');
  }
  return {
    stack,
    metadata,
    stop: async () => {
      await metadata.end();
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One scheduler as a process, which works once this resolves. */
export async function startScheduler({ metadataDatabaseUrl, natsUrl }, overrides = {}) {
  const healthPort = await freePort();
  const env = {
    PATH: process.env.PATH,
    METADATA_DATABASE_URL: metadataDatabaseUrl,
    NATS_URL: natsUrl,
    HEALTH_PORT: String(healthPort),
    LOG_LEVEL: 'warn',
    ...overrides,
  };
  const scheduler = spawn(process.execPath, [main], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  process.once('exit', () => scheduler.kill('SIGKILL'));
  const isReady = async () => (await fetch(`http://127.0.0.1:${healthPort}/readyz`).catch(() => null))?.ok;
  while (scheduler.exitCode === null && scheduler.signalCode === null && !(await isReady())) await sleep(50);
  return scheduler;
}

/** All workers as a process: `program` is what they do. They work once this resolves. */
export async function startWorkers({ natsUrl }, program) {
  const workers = fork(join(import.meta.dirname, program), [natsUrl]);
  process.once('exit', () => workers.kill('SIGKILL'));
  await Promise.race([once(workers, 'message'), once(workers, 'exit')]);
  return workers;
}

/** Starts schedulers and workers on these servers; all of them work once it returns. */
export async function startScheduling({ stack }, schedulersCount, overrides = {}) {
  const workers = await startWorkers(stack, 'instant-workers.mjs');
  const schedulers = [];
  for (let n = 0; n < schedulersCount; n++) schedulers.push(await startScheduler(stack, overrides));
  return {
    /** When the request of each run came to the workers: numbers of synchronizations and moments. */
    arrivals: async () => {
      workers.send('report');
      const [arrived] = await once(workers, 'message');
      return arrived;
    },
    /** Seconds of processor time so far, of the schedulers, the workers and the servers. */
    cpuSeconds: () => {
      const servers = processesBelow(stack.keeper.pid).filter(({ parent }) => parent === stack.keeper.pid);
      return {
        schedulers: schedulers.reduce((sum, { pid }) => sum + cpuSecondsOfTree(pid), 0),
        workers: cpuSecondsOfTree(workers.pid),
        ...Object.fromEntries(servers.map(({ name, pid }) => [name, cpuSecondsOfTree(pid)])),
      };
    },
    stop: async () => {
      schedulers.forEach((scheduler) => scheduler.kill('SIGTERM'));
      await Promise.all(schedulers.map((scheduler) => once(scheduler, 'exit')));
      workers.disconnect();
      await once(workers, 'exit');
    },
  };
}
