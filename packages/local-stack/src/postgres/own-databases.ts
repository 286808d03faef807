import pg from 'pg';
import { clusterUser } from './init-cluster.js';
import { withOwnDatabase } from './database-session.js';

/** The databases of our own cluster. */
export interface OwnDatabases {
  metadataDatabaseUrl: string;
  destinationDatabaseUrl: string;
  connectionsDatabaseUrl: string;
}

/** The URL of a database of our own cluster. */
function ownDatabaseUrl(port: number, password: string, database: string): string {
  return `postgres://${clusterUser}:${password}@127.0.0.1:${port}/${database}`;
}

/** Makes the databases, and PostGIS in the customers'. What is there already is left as it is. */
export async function createOwnDatabases(port: number, password: string): Promise<OwnDatabases> {
  const names = {
    metadata: 'tidetable_metadata',
    destination: 'tidetable_destination',
    connections: 'tidetable_connections',
  };
  await withOwnDatabase(ownDatabaseUrl(port, password, 'postgres'), async (client) => {
    const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database');
    const existing = rows.map((row) => row.datname);
    for (const name of Object.values(names).filter((wanted) => !existing.includes(wanted))) {
      await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
    }
  });
  const destinationDatabaseUrl = ownDatabaseUrl(port, password, names.destination);
  await withOwnDatabase(destinationDatabaseUrl, async (client) => {
    await client.query('CREATE EXTENSION IF NOT EXISTS postgis');
    await confineLogins(client, names);
  });
  return {
    metadataDatabaseUrl: ownDatabaseUrl(port, password, names.metadata),
    destinationDatabaseUrl,
    connectionsDatabaseUrl: ownDatabaseUrl(port, password, names.connections),
  };
}

/**
 * Sees that a customer's login to the destination gets into no other database, and takes nothing there that others need:
 * no temporary tables, no large objects, and no advisory locks, by which importers take turns. All of it belongs to the
 * cluster's superuser, so it is said once more at every start, which changes nothing.
 */
async function confineLogins(client: pg.Client, names: Record<string, string>): Promise<void> {
  for (const name of ['postgres', 'template1', ...Object.values(names)])
    await client.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${pg.escapeIdentifier(name)} FROM PUBLIC`);
  await client.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  const { rows } = await client.query<{ name: string }>(
    `SELECT oid::regprocedure::text AS name FROM pg_proc
      WHERE pronamespace = 'pg_catalog'::regnamespace AND has_function_privilege('public', oid, 'EXECUTE')
        AND (proname ~ '^pg_(try_)?advisory_' OR proname IN ('lo_creat', 'lo_create', 'lo_from_bytea'))`,
  );
  for (const { name } of rows) await client.query(`REVOKE EXECUTE ON FUNCTION ${name} FROM PUBLIC`);
}

/**
 * Whether our own cluster answers. A start takes a moment in which it refuses; anything else, a wrong password for
 * one, will not pass by waiting, and is thrown.
 */
export async function isClusterReady(port: number, password: string): Promise<boolean> {
  try {
    await withOwnDatabase(ownDatabaseUrl(port, password, 'postgres'), (client) => client.query('SELECT 1'));
    return true;
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    const starting = ['ECONNREFUSED', 'ECONNRESET', '57P03'].includes(code ?? '');
    // pg gives no code to a connection that the server closes before it has answered.
    if (starting || message?.startsWith('Connection terminated')) return false;
    throw error;
  }
}
