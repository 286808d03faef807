import { pathToFileURL } from 'node:url';

/** The services of Tidetable. */
export const serviceNames = ['api', 'scheduler', 'fetcher', 'importer'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Where one machine's services find each other. */
export interface ServiceAddresses {
  metadataDatabaseUrl: string;
  destinationDatabaseUrl: string;
  /** Empty when there is none: then no storage service can be connected to. */
  connectionsDatabaseUrl: string;
  /** What tokens are encrypted with; empty when there is no database for them. */
  connectionKeys: string;
  natsUrl: string;
  /** The folder of staged files. */
  stagedFolder: string;
  /** The api's own port. */
  apiPort: number;
  /** The port that the service answers on: the api's own, of the others the one for their health. */
  port: number;
}

/** Files on this machine may be synchronized: it is where people try things out. */
const loopback = '127.0.0.0/8,::1/128';

/**
 * The environment of one service: the caller's, so that every option can be set there, with the addresses of this stack.
 * Each service is told only what it may touch.
 */
export function serviceEnvironment(
  service: ServiceName,
  addresses: ServiceAddresses,
  caller: NodeJS.ProcessEnv,
): Record<string, string> {
  const base = passedOn(caller, addresses);
  const metadata = { METADATA_DATABASE_URL: addresses.metadataDatabaseUrl };
  const destination = { DESTINATION_DATABASE_URL: addresses.destinationDatabaseUrl };
  const bus = { NATS_URL: addresses.natsUrl };
  const files = {
    STAGED_FILES_URL: caller['STAGED_FILES_URL'] || pathToFileURL(addresses.stagedFolder).href,
  };
  const atPublic = { PUBLIC_URL: caller['PUBLIC_URL'] || `http://localhost:${addresses.apiPort}` };
  const health = { HEALTH_PORT: String(addresses.port) };
  switch (service) {
    case 'api':
      // Not on every network that this machine is in, unless somebody says so.
      return {
        ...base,
        ...metadata,
        ...bus,
        ...atPublic,
        API_PORT: String(addresses.port),
        HEALTH_PORT: '0',
        API_HOST: caller['API_HOST'] || '127.0.0.1',
      };
    case 'scheduler':
      return { ...base, ...metadata, ...bus, ...health };
    case 'fetcher':
      return {
        ...base,
        ...bus,
        ...files,
        ...health,
        ...atPublic,
        ...forConnections(addresses, caller),
        SOURCE_ALLOWED_CIDRS: allowedCidrs(caller),
      };
    case 'importer':
      return { ...base, ...destination, ...bus, ...files, ...health };
  }
}

/** Tokens, and what can be traded for them, are the fetcher's alone. */
const ofConnections = /^(CONNECTIONS_DATABASE_URL|CONNECTION_KEYS|(GDRIVE|DROPBOX|BOX)_[A-Z_]+)$/;

function forConnections(
  { connectionsDatabaseUrl, connectionKeys }: ServiceAddresses,
  caller: NodeJS.ProcessEnv,
): Record<string, string> {
  const clients = Object.entries(caller).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && ofConnections.test(entry[0]),
  );
  return {
    ...Object.fromEntries(clients),
    CONNECTIONS_DATABASE_URL: connectionsDatabaseUrl,
    CONNECTION_KEYS: connectionKeys,
  };
}

function allowedCidrs(caller: NodeJS.ProcessEnv): string {
  const theirs = caller['SOURCE_ALLOWED_CIDRS'];
  return theirs ? `${theirs},${loopback}` : loopback;
}

/**
 * What of the caller's environment is for all programs of this stack. What npm tells its scripts is not meant for
 * services, nor is another service's database, nor what tokens are made and encrypted with. The settings of libpq in the
 * caller's shell belong to other servers than our own; they stay when a database was given.
 */
export function passedOn(
  caller: NodeJS.ProcessEnv,
  addresses: Pick<ServiceAddresses, 'metadataDatabaseUrl' | 'destinationDatabaseUrl'>,
): Record<string, string> {
  const ownAddresses = [
    'METADATA_DATABASE_URL',
    'DESTINATION_DATABASE_URL',
    'NATS_URL',
    'API_PORT',
    'HEALTH_PORT',
  ];
  const given =
    caller['METADATA_DATABASE_URL'] === addresses.metadataDatabaseUrl ||
    caller['DESTINATION_DATABASE_URL'] === addresses.destinationDatabaseUrl;
  const isMeant = (name: string): boolean =>
    !/^npm_/i.test(name) &&
    !ofConnections.test(name) &&
    !ownAddresses.includes(name) &&
    (given || !/^PG[A-Z]+$/.test(name));
  return Object.fromEntries(
    Object.entries(caller).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && isMeant(entry[0]),
    ),
  );
}
