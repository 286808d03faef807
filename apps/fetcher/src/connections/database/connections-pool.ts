import type { Logger } from '@tidetable/service-host';
import { Pool } from 'pg';

/** Beside those for runs, for questions. */
const connectionsForQuestions = 8;
const connectionsMax = 64;
const connectTimeoutMs = 10_000;

/**
 * The pool to the database of connections, for so many runs at a time: a refresh of tokens holds a connection while it
 * asks the service. A server that goes away is noticed by the next query.
 */
export function createConnectionsPool(url: string, concurrency: number, logger: Logger): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: 'tidetable-fetcher',
    max: Math.min(concurrency + connectionsForQuestions, connectionsMax),
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    options: '-c timezone=UTC',
  });
  // Without a listener a server that goes away would end the process. An error of pg holds no value of a column.
  pool.on('error', ({ message }) => logger.warn({ reason: message }, 'connections database connection lost'));
  return pool;
}
