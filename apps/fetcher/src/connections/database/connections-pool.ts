import type { Logger } from '@tidetable/service-host';
import { Pool } from 'pg';

/** A refresh of tokens holds one while it asks the service. */
const connectionsMax = 16;
const connectTimeoutMs = 10_000;

/** The pool to the database of connections. A server that goes away is noticed by the next query. */
export function createConnectionsPool(url: string, logger: Logger): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: 'tidetable-fetcher',
    max: connectionsMax,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    options: '-c timezone=UTC',
  });
  // Without a listener a server that goes away would end the process. An error of pg holds no value of a column.
  pool.on('error', ({ message }) => logger.warn({ reason: message }, 'connections database connection lost'));
  return pool;
}
