import { join, resolve } from 'node:path';
import { readGivenServers, type GivenServers } from './given-servers.js';
import { type LocalStackError } from './local-stack-error.js';
import { checkGivenNats } from './nats/given-nats.js';
import { choosePlace, clusterMajor, makeDataFolder } from './place/choose-place.js';
import { type FolderLock, lockFolder } from './place/lock-folder.js';
import { checkGivenDatabases } from './postgres/given-databases.js';
import { type Durability } from './postgres/postgres-settings.js';
import { startKeeper, type Keeper } from './processes/start-keeper.js';
import { providePrograms, type WantedPrograms } from './programs/provide-programs.js';
import { type Servers, startServers } from './start-servers.js';

/** What to start, and where. */
export interface LocalStackOptions {
  /** Everything that must survive is kept here, logs too. Made when it is not there. */
  dataFolder: string;
  /** @default 'durable' */
  durability?: Durability;
  /** Removes the data folder when the stack ends, in whichever way it does. @default false */
  temporary?: boolean;
  /** Told what is being done, one short sentence a step. */
  onProgress?: (sentence: string) => void;
  /** Told when a server was lost for good after the start had succeeded. */
  onLost?: (error: LocalStackError) => void;
  /** Where the URLs of databases and of NATS, and PATH, are read. @default process.env */
  env?: NodeJS.ProcessEnv;
}

/** A running stack. The servers that the environment named are among the URLs, and are never stopped. */
export interface LocalStack {
  metadataDatabaseUrl: string;
  destinationDatabaseUrl: string;
  /** Empty when the other two were given and this one was not: then there is no server of our own for it. */
  connectionsDatabaseUrl: string;
  natsUrl: string;
  /** Ends everything that was started, together with whatever else runs in the keeper. May be called again. */
  stop(): Promise<void>;
  /** Runs other processes that must end with the stack: in a tier above 0 they end before the servers do. */
  keeper: Keeper;
  /** Restarts our own server, gently or by `signal`, and resolves when it answers. Does nothing for a given one. */
  restartPostgres(signal?: NodeJS.Signals): Promise<void>;
  /** As `restartPostgres`, for NATS. */
  restartNats(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Brings up PostgreSQL with PostGIS and NATS with JetStream on this machine, or uses those that the environment names,
 * and resolves when all of them answer. What was started ends with this process, in whichever way that ends.
 * Rejects with a `LocalStackError`, leaving nothing running. One data folder serves one start at a time.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { durability = 'durable', onProgress = () => undefined, env = process.env } = options;
  const dataFolder = resolve(options.dataFolder);
  const given = readGivenServers(env);
  await checkGiven(given);
  makeDataFolder(dataFolder);
  const locks = [await lockFolder(dataFolder)];
  try {
    const programs = await providePrograms(wantedPrograms(given, dataFolder), env['PATH'] ?? '', onProgress);
    const place = choosePlace(dataFolder, onProgress);
    // A copy of a data folder leads to the same servers' folder, which only one of the two may use at a time.
    if (place.serversFolder !== dataFolder) locks.push(await lockFolder(place.serversFolder));
    const keeper = await startKeeper(join(place.logsFolder, 'keeper.log'));
    for (const lock of locks) lock.addKeeper(keeper.pid);
    for (const folder of options.temporary ? [dataFolder, place.serversFolder] : []) keeper.discard(folder);
    const onLost = options.onLost ?? (() => undefined);
    const servers = await startServers(programs, { keeper, place, durability, onProgress, onLost });
    return assemble(given, servers, keeper, () => release(locks));
  } catch (error) {
    release(locks);
    throw error;
  }
}

function wantedPrograms(given: GivenServers, dataFolder: string): WantedPrograms {
  return {
    postgres: !given.metadataDatabaseUrl || !given.destinationDatabaseUrl,
    nats: !given.natsUrl,
    gdal: true,
    clusterMajor: clusterMajor(dataFolder),
  };
}

function release(locks: readonly FolderLock[]): void {
  for (const lock of locks) lock.release();
}

async function checkGiven(given: GivenServers): Promise<void> {
  await checkGivenDatabases(given);
  if (given.natsUrl) await checkGivenNats(given.natsUrl);
}

function assemble(
  given: GivenServers,
  { postgres, nats }: Servers,
  keeper: Keeper,
  onStopped: () => void,
): LocalStack {
  const url = (theGiven: string | undefined, own: string | undefined): string => theGiven ?? own ?? '';
  return {
    metadataDatabaseUrl: url(given.metadataDatabaseUrl, postgres?.databases.metadataDatabaseUrl),
    destinationDatabaseUrl: url(given.destinationDatabaseUrl, postgres?.databases.destinationDatabaseUrl),
    connectionsDatabaseUrl: url(given.connectionsDatabaseUrl, postgres?.databases.connectionsDatabaseUrl),
    natsUrl: url(given.natsUrl, nats && `nats://127.0.0.1:${nats.port}`),
    keeper,
    restartPostgres: async (signal) => postgres?.process.restart(signal),
    restartNats: async (signal) => nats?.process.restart(signal),
    stop: async () => {
      await keeper.close();
      onStopped();
    },
  };
}
