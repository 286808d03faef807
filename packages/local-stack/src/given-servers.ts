import { LocalStackError } from './local-stack-error.js';

/** The servers that the environment names; these win over anything of our own. */
export interface GivenServers {
  metadataDatabaseUrl?: string;
  destinationDatabaseUrl?: string;
  connectionsDatabaseUrl?: string;
  natsUrl?: string;
}

/** Reads the URLs, each of which may be missing. Refuses what is no URL, and one database named twice. */
export function readGivenServers(env: NodeJS.ProcessEnv): GivenServers {
  const metadataDatabaseUrl = readUrl(env, 'METADATA_DATABASE_URL', ['postgres:', 'postgresql:']);
  const destinationDatabaseUrl = readUrl(env, 'DESTINATION_DATABASE_URL', ['postgres:', 'postgresql:']);
  const connectionsDatabaseUrl = readUrl(env, 'CONNECTIONS_DATABASE_URL', ['postgres:', 'postgresql:']);
  const natsUrl = readUrl(env, 'NATS_URL', ['nats:', 'tls:', 'ws:', 'wss:']);
  const given = { metadataDatabaseUrl, destinationDatabaseUrl, connectionsDatabaseUrl, natsUrl };
  refuseSameIdentity(givenDatabases(given).map(({ variable, url }) => [variable, databaseIdentity(url)]));
  return given;
}

/** The variables that name databases. */
const databaseVariables = {
  metadataDatabaseUrl: 'METADATA_DATABASE_URL',
  destinationDatabaseUrl: 'DESTINATION_DATABASE_URL',
  connectionsDatabaseUrl: 'CONNECTIONS_DATABASE_URL',
} as const;

/** The databases that were given, with the names of their variables. */
export function givenDatabases(given: GivenServers): { variable: string; url: string }[] {
  return Object.entries(databaseVariables).flatMap(([key, variable]) => {
    const url = given[key as keyof typeof databaseVariables];
    return url === undefined ? [] : [{ variable, url }];
  });
}

/** Throws when two variables stand for the same thing. */
export function refuseSameIdentity(
  databases: readonly (readonly [variable: string, identity: string])[],
): void {
  databases.forEach(([variable, identity], at) => {
    const other = databases.slice(at + 1).find(([, another]) => another === identity);
    if (other === undefined) return;
    throw new LocalStackError(
      'same-database',
      `${variable} and ${other[0]} name the same database. ` +
        'Give each a database of its own; all may be on one server.',
    );
  });
}

/** Whether two URLs name one database, as far as their text tells: the same host, port and database name. */
export function sameDatabase(one: string, other: string): boolean {
  return databaseIdentity(one) === databaseIdentity(other);
}

function databaseIdentity(url: string): string {
  const { hostname, port, pathname, username } = new URL(url);
  const host = ['', 'localhost', '127.0.0.1', '[::1]'].includes(hostname.toLowerCase())
    ? 'localhost'
    : hostname;
  return [host.toLowerCase(), port || '5432', decodeURIComponent(pathname.slice(1) || username)].join(' ');
}

/** The servers of one NATS cluster may all be named, separated by commas; of a database there is one. */
export function natsUrls(natsUrl: string): URL[] {
  return natsUrl.split(',').map((url) => new URL(url.trim()));
}

function readUrl(env: NodeJS.ProcessEnv, name: string, schemes: readonly string[]): string | undefined {
  const text = env[name];
  if (!text) return undefined;
  const parts = name === 'NATS_URL' ? text.split(',').map((part) => part.trim()) : [text];
  if (parts.every((part) => URL.canParse(part) && schemes.includes(new URL(part).protocol))) return text;
  // The value may hold a password, so the sentence names the variable only.
  const beginnings = schemes.map((scheme) => `${scheme}//`).join(' or ');
  throw new LocalStackError('url-invalid', `${name} must be a URL that begins with ${beginnings}.`);
}
