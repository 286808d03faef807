import { randomBytes } from 'node:crypto';
import { chownSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../free-port.js';
import { LocalStackError } from '../local-stack-error.js';
import { type Place } from '../place/choose-place.js';
import { type StopStep } from '../processes/keeper-protocol.js';
import { SupervisedProcess } from '../processes/supervise-process.js';
import { type RunningServer, type ServerStart } from '../running-server.js';
import { serverEnvironment } from '../server-environment.js';
import { natsConfigText } from './nats-config.js';
import { natsGreeting } from './nats-greeting.js';

const stopSteps: readonly StopStep[] = [
  { signal: 'SIGTERM', afterMs: 0 },
  { signal: 'SIGKILL', afterMs: 10_000 },
];

const portTries = 3;

/** Starts our nats-server on the port it had, or on a free one, and resolves when it and its JetStream answer. */
export async function startNats(program: string, start: ServerStart): Promise<RunningServer> {
  for (let tried = 1; ; tried += 1) {
    const port = await freePort(tried === 1 ? start.remembered.natsPort : undefined);
    const process = supervise(program, start, port);
    try {
      await process.start();
      return { port, process };
    } catch (error) {
      const portTaken = error instanceof LocalStackError && error.message.includes('address already in use');
      if (!portTaken || tried === portTries) throw error;
    }
  }
}

function supervise(
  program: string,
  { keeper, place, onNotice, onLost }: ServerStart,
  port: number,
): SupervisedProcess {
  const serverName = `tidetable-${randomBytes(4).toString('hex')}`;
  return new SupervisedProcess(keeper, {
    name: 'nats-server',
    spec: {
      command: program,
      args: ['--config', writeConfig(place, serverName, port)],
      env: serverEnvironment(place.natsFolder),
      cwd: '/',
      user: place.user,
      logPath: join(place.logsFolder, 'nats.log'),
      stopSteps,
      tier: 0,
    },
    isReady: async () => {
      const greeting = await natsGreeting('127.0.0.1', port);
      return greeting?.serverName === serverName && greeting.jetstream;
    },
    readyTimeoutMs: 60_000,
    firstStartTries: 1,
    onNotice,
    onLost,
  });
}

function writeConfig(place: Place, serverName: string, port: number): string {
  const path = join(place.natsFolder, 'nats.conf');
  const { bavail, bsize } = statfsSync(place.natsFolder);
  const pidFile = join(place.natsFolder, 'nats.pid');
  const text = natsConfigText({
    serverName,
    port,
    storeFolder: place.natsFolder,
    pidFile,
    freeBytes: bavail * bsize,
  });
  writeFileSync(path, text, { mode: 0o600 });
  if (place.user) chownSync(path, place.user.uid, place.user.gid);
  return path;
}
