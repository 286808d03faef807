import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { freePort } from '@tidetable/local-stack';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { waitFor } from './wait-for.js';

/** A nats-server with JetStream that belongs to one test file. */
export interface NatsServer {
  readonly url: string;
  /** Ends the server and removes its data. Idempotent. */
  stop(): Promise<void>;
  /** Ends the server at once (SIGKILL); its data stay for `restart`. */
  kill(): Promise<void>;
  /** Starts the server again at the same address; ends it first when it runs. `emptied` loses all it stored. */
  restart(options?: { emptied?: boolean }): Promise<void>;
}

/**
 * The server lives no longer than this process: a shell beside it waits for its input to end, which happens however
 * the process ends, kills the server and removes its data. After a line of input it only waits for the server to end.
 */
const tiedToUs = `
nats-server --name "$1" --jetstream --store_dir "$2" --addr 127.0.0.1 --port "$3" >/dev/null 2>&1 </dev/null &
echo $!
exec >/dev/null
read line && wait || { kill -KILL $!; wait; rm -rf "$2"; }
`;

interface Started {
  pid: number;
  shell: ChildProcess;
}

/** How often another port is tried, should the free one be taken in the meantime. */
const portTries = 5;

/** Starts a nats-server on a free loopback port, ready for JetStream when this returns. */
export async function startNats(): Promise<NatsServer> {
  const store = await mkdtemp(join(tmpdir(), 'tidetable-nats-'));
  let port = await freePort();
  let started: Started | undefined;
  for (let tried = 1; started === undefined; tried += 1) {
    started = await startOn(store, port).catch(async (error: unknown) => {
      if (tried === portTries) throw error;
      port = await freePort();
      return undefined;
    });
  }

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (started === undefined) return;
    const ending = started;
    started = undefined;
    await endServer(ending, signal);
  };
  return {
    url: `nats://127.0.0.1:${port}`,
    kill: () => end('SIGKILL'),
    restart: async ({ emptied = false } = {}) => {
      await end('SIGTERM');
      if (emptied) await rm(join(store, 'jetstream'), { recursive: true, force: true });
      started = await startOn(store, port);
    },
    stop: async () => {
      await end('SIGTERM');
      await rm(store, { recursive: true, force: true });
    },
  };
}

async function startOn(store: string, port: number): Promise<Started> {
  const name = randomUUID();
  const shell = spawn('/bin/sh', ['-c', tiedToUs, 'nats', name, store, String(port)], {
    // Debian puts servers where not every user's PATH leads.
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/bin` },
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true, // Ctrl-C is for the tests, which then end the server in their own order.
  });
  const [pid] = (await once(createInterface(shell.stdout), 'line')) as [string];
  const started = { pid: Number(pid), shell };
  try {
    await waitFor(() => answers(port, name), { until: 'nats-server answers', timeoutMs: 10_000 });
    return started;
  } catch (error) {
    await endServer(started, 'SIGKILL');
    throw error;
  }
}

/** Whether the server of that name, and no other that took the port, has its JetStream ready. */
async function answers(port: number, name: string): Promise<boolean> {
  const connection = await connect({ servers: `127.0.0.1:${port}`, reconnect: false, timeout: 1_000 });
  try {
    await (await jetstreamManager(connection)).getAccountInfo();
    return connection.info?.server_name === name;
  } finally {
    await connection.close();
  }
}

/** Sends the signal and returns when the server has ended: its shell, which waits for it, ends then too. */
async function endServer({ pid, shell }: Started, signal: NodeJS.Signals): Promise<void> {
  const ended = shell.exitCode === null ? once(shell, 'exit') : undefined;
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
  shell.stdin?.end('\n');
  await ended;
}
