import { LocalStackError } from '../local-stack-error.js';
import { givenDatabases, type GivenServers, refuseSameIdentity } from '../given-servers.js';
import { withGivenDatabase } from './database-session.js';

/**
 * Sees that the databases named by the environment answer, that no two are one, and that PostGIS is in the customers'
 * (it is installed there when it is available).
 */
export async function checkGivenDatabases(given: GivenServers): Promise<void> {
  const identities: [variable: string, identity: string][] = [];
  for (const { variable, url } of givenDatabases(given)) {
    identities.push([variable, await identify(variable, url)]);
  }
  refuseSameIdentity(identities);
  if (given.destinationDatabaseUrl) await ensurePostgis(given.destinationDatabaseUrl);
}

/** What is the same for two URLs only when they lead to one database, whatever names they use for its host. */
async function identify(variable: string, url: string): Promise<string> {
  const query = `SELECT pg_postmaster_start_time()::text || ' ' || oid AS identity
                   FROM pg_database WHERE datname = current_database()`;
  try {
    const { rows } = await withGivenDatabase(url, (client) => client.query<{ identity: string }>(query));
    return rows[0]?.identity ?? '';
  } catch (cause) {
    const reason =
      cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : String(cause);
    throw new LocalStackError(
      'server-unreachable',
      `The database of ${variable} does not answer (${reason}). Correct the URL or start that server, then try again.`,
      { cause },
    );
  }
}

async function ensurePostgis(url: string): Promise<void> {
  try {
    await withGivenDatabase(url, async (client) => {
      const { rowCount } = await client.query("SELECT 1 FROM pg_extension WHERE extname = 'postgis'");
      if (!rowCount) await client.query('CREATE EXTENSION postgis');
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LocalStackError(
      'server-unreachable',
      `PostGIS is not in the database of DESTINATION_DATABASE_URL and could not be added (${reason}). ` +
        'Have an administrator run CREATE EXTENSION postgis there, then try again.',
      { cause },
    );
  }
}
