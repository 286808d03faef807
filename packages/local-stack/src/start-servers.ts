import { type LocalStackError } from './local-stack-error.js';
import { startNats } from './nats/start-nats.js';
import { type Place } from './place/choose-place.js';
import { endLeftovers } from './place/end-leftovers.js';
import { recall, remember } from './place/remembered.js';
import { initCluster } from './postgres/init-cluster.js';
import { createOwnDatabases, type OwnDatabases } from './postgres/own-databases.js';
import { type Durability } from './postgres/postgres-settings.js';
import { startPostgres } from './postgres/start-postgres.js';
import { type Keeper } from './processes/start-keeper.js';
import { type PostgresServer } from './programs/find-postgres.js';
import { type Programs } from './programs/provide-programs.js';
import { type RunningServer, type ServerStart } from './running-server.js';

/** The servers of our own that run; those that the environment named are not among them. */
export interface Servers {
  postgres?: RunningServer & { databases: OwnDatabases };
  nats?: RunningServer;
}

/** Where and how they run. */
export interface HowToStart {
  keeper: Keeper;
  place: Place;
  durability: Durability;
  onProgress: (sentence: string) => void;
  onLost: (error: LocalStackError) => void;
}

/** Starts the servers whose programs were provided; when one of them fails, none is left and neither is the keeper. */
export async function startServers(programs: Programs, how: HowToStart): Promise<Servers> {
  const { keeper, place, durability, onProgress, onLost } = how;
  const remembered = recall(place.dataFolder);
  remember(place.dataFolder, remembered);
  const start: ServerStart = { keeper, place, remembered, onNotice: onProgress, onLost };
  try {
    await endLeftovers(place, onProgress);
    const nats = programs.natsServer ? await startOwnNats(programs.natsServer, start) : undefined;
    const postgres = programs.postgres
      ? await startOwnPostgres(programs.postgres, start, durability)
      : undefined;
    const ports = {
      postgresPort: postgres?.port ?? remembered.postgresPort,
      natsPort: nats?.port ?? remembered.natsPort,
    };
    remember(place.dataFolder, { ...remembered, ...ports });
    return { postgres, nats };
  } catch (error) {
    await keeper.close();
    throw error;
  }
}

async function startOwnNats(program: string, start: ServerStart): Promise<RunningServer> {
  start.onNotice('Starting NATS with JetStream.');
  return startNats(program, start);
}

async function startOwnPostgres(
  server: PostgresServer,
  start: ServerStart,
  durability: Durability,
): Promise<RunningServer & { databases: OwnDatabases }> {
  const { postgresPassword } = start.remembered;
  start.onNotice('Starting PostgreSQL with PostGIS.');
  await initCluster(server, start.place, postgresPassword, durability);
  const postgres = await startPostgres(server, start, durability);
  return { ...postgres, databases: await createOwnDatabases(postgres.port, postgresPassword) };
}
