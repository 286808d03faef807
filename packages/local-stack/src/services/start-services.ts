import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../free-port.js';
import { type LocalStackError } from '../local-stack-error.js';
import { type StopStep } from '../processes/keeper-protocol.js';
import { SupervisedProcess } from '../processes/supervise-process.js';
import { type LocalStack } from '../start-local-stack.js';
import { chooseApiPort } from './api-port.js';
import { runProgram } from './run-program.js';
import { readConnectionKeys } from './connection-keys.js';
import {
  passedOn,
  type ServiceAddresses,
  type ServiceName,
  serviceEnvironment,
  serviceNames,
} from './service-environment.js';

/** Where the services are, and on what they run. */
export interface ServicesOptions {
  /** The folder of the repository, with everything built. */
  checkout: string;
  dataFolder: string;
  stack: LocalStack;
  /** The caller's environment, passed on to the services. */
  env: NodeJS.ProcessEnv;
  onProgress: (sentence: string) => void;
  /** Told when a service was given up after it had been ready. */
  onLost: (error: LocalStackError) => void;
}

/** The services, all ready. They end with the stack. */
export interface RunningServices {
  /** Without a path, for example `http://127.0.0.1:8080`. */
  apiUrl: string;
}

/** A drain of ten seconds, then no more patience. */
const stopSteps: readonly StopStep[] = [
  { signal: 'SIGTERM', afterMs: 0 },
  { signal: 'SIGKILL', afterMs: 10_000 },
];

/**
 * Node lets young objects fill 16 MB twice over before it looks for those that are gone, and a start leaves so many that
 * this never shrinks again. These three hold little at a time, and idle with a quarter less. The importer needs the room.
 */
const smallNursery = ['--max-semi-space-size=4'];
const nodeFlags: Readonly<Record<ServiceName, readonly string[]>> = {
  api: smallNursery,
  scheduler: smallNursery,
  fetcher: smallNursery,
  importer: [],
};

/** Brings the schema of the metadata database up to date. */
export async function migrateMetadata({ checkout, stack, env }: ServicesOptions): Promise<void> {
  const script = 'packages/metadata-db/dist/migrate.js';
  const { metadataDatabaseUrl } = stack;
  await runProgram({
    checkout,
    script,
    env: { ...passedOn(env, stack), METADATA_DATABASE_URL: metadataDatabaseUrl },
  });
}

/**
 * Starts the four services side by side and resolves when each says that it is ready. One that ends is started again;
 * one that keeps ending at the start makes this reject with the end of its log, and the stack's `stop` ends the rest.
 */
export async function startServices(options: ServicesOptions): Promise<RunningServices> {
  mkdirSync(join(options.dataFolder, 'staged'), { recursive: true, mode: 0o700 });
  const apiPort = await chooseApiPort(options.env['API_PORT'], options.onProgress);
  options.onProgress('Starting the services; the fetcher may read from this machine (127.0.0.0/8 and ::1).');
  const addresses = { ...addressesOf(options), apiPort };
  await Promise.all(
    serviceNames.map(async (name) => {
      const port = name === 'api' ? apiPort : await freePort();
      await supervise(name, { ...addresses, port }, options).start();
    }),
  );
  return { apiUrl: `http://127.0.0.1:${apiPort}` };
}

function addressesOf({
  dataFolder,
  stack,
  env,
}: ServicesOptions): Omit<ServiceAddresses, 'port' | 'apiPort'> {
  const connectionKeys = env['CONNECTION_KEYS'] || readConnectionKeys(dataFolder);
  return {
    ...stack,
    connectionKeys: stack.connectionsDatabaseUrl === '' ? '' : connectionKeys,
    stagedFolder: join(dataFolder, 'staged'),
  };
}

function supervise(
  name: ServiceName,
  addresses: ServiceAddresses,
  options: ServicesOptions,
): SupervisedProcess {
  const { checkout, dataFolder, stack, env } = options;
  return new SupervisedProcess(stack.keeper, {
    name: `The ${name}`,
    spec: {
      command: process.execPath,
      args: [...nodeFlags[name], join(checkout, 'apps', name, 'dist/main.js')],
      env: serviceEnvironment(name, addresses, env),
      cwd: checkout,
      logPath: join(dataFolder, 'logs', `${name}.log`),
      stopSteps,
      tier: 1,
    },
    isReady: () => isReady(addresses.port),
    readyTimeoutMs: 60_000,
    firstStartTries: 3,
    onNotice: options.onProgress,
    onLost: options.onLost,
  });
}

async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(5000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
