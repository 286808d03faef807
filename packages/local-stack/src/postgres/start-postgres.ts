import { totalmem } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.js';
import { LocalStackError } from '../local-stack-error.js';
import { type ProcessSpec, type StopStep } from '../processes/keeper-protocol.js';
import { SupervisedProcess } from '../processes/supervise-process.js';
import { type PostgresServer } from '../programs/find-postgres.js';
import { type RunningServer, type ServerStart } from '../running-server.js';
import { serverEnvironment } from '../server-environment.js';
import { isClusterReady } from './own-databases.js';
import { type Durability, postgresSettings, settingArguments } from './postgres-settings.js';

/** SIGINT ends sessions and writes a checkpoint, SIGQUIT leaves the rest to recovery at the next start. */
const stopSteps: readonly StopStep[] = [
  { signal: 'SIGINT', afterMs: 0 },
  { signal: 'SIGQUIT', afterMs: 15_000 },
  { signal: 'SIGKILL', afterMs: 20_000 },
];

const portTries = 3;

/** Starts our cluster on the port it had, or on a free one, and resolves when it answers. */
export async function startPostgres(
  server: PostgresServer,
  start: ServerStart,
  durability: Durability,
): Promise<RunningServer> {
  for (let tried = 1; ; tried += 1) {
    const port = await freePort(tried === 1 ? start.remembered.postgresPort : undefined);
    const process = supervise(server, start, port, durability);
    try {
      await process.start();
      return { port, process };
    } catch (error) {
      // Between our look at the port and the server's, another program took it.
      const portTaken = error instanceof LocalStackError && error.message.includes('Address already in use');
      if (!portTaken || tried === portTries) throw error;
    }
  }
}

function supervise(
  server: PostgresServer,
  { keeper, place, remembered, onNotice, onLost }: ServerStart,
  port: number,
  durability: Durability,
): SupervisedProcess {
  const memoryBytes = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  const settings = postgresSettings(port, memoryBytes, durability);
  const spec: ProcessSpec = {
    command: join(server.binFolder, 'postgres'),
    args: ['-D', place.clusterFolder, ...settingArguments(settings)],
    env: serverEnvironment(place.clusterFolder),
    cwd: '/',
    user: place.user,
    logPath: join(place.logsFolder, 'postgres.log'),
    stopSteps,
    tier: 0,
  };
  return new SupervisedProcess(keeper, {
    name: 'PostgreSQL',
    spec,
    isReady: () => isClusterReady(port, remembered.postgresPassword),
    // After a crash the server first replays what it had not yet written in place.
    readyTimeoutMs: 120_000,
    firstStartTries: 1,
    // Sessions of a server that was killed notice it, and let go of its memory, within a moment.
    passingFailure: /pre-existing shared memory block/,
    onNotice,
    onLost,
  });
}
