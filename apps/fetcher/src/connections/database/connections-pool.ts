import { Pool } from 'pg';

/** A refresh of tokens holds one while it asks the service. */
const connectionsMax = 10;
const connectTimeoutMs = 10_000;

/** The pool to the database of connections. A server that goes away is noticed by the next query. */
export function createConnectionsPool(url: string): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: 'tidetable-fetcher',
    max: connectionsMax,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    options: '-c timezone=UTC',
  });
  pool.on('error', () => undefined);
  return pool;
}
