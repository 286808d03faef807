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
  await withOwnDatabase(destinationDatabaseUrl, (client) =>
    client.query('CREATE EXTENSION IF NOT EXISTS postgis'),
  );
  return {
    metadataDatabaseUrl: ownDatabaseUrl(port, password, names.metadata),
    destinationDatabaseUrl,
    connectionsDatabaseUrl: ownDatabaseUrl(port, password, names.connections),
  };
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
