import { Pool } from 'pg';

/** A question is a look into the catalogue: two connections answer hundreds in a second. */
const connectionsMax = 2;
/** An asker has asked again by then, so a late answer would reach nobody, in milliseconds. */
const answerTimeoutMs = 2_000;

/**
 * The connections that questions are answered with. They are made when they are needed, apart from those of the
 * imports, and a database that does not answer in time is an error.
 */
export function createAnsweringPool(url: string): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: 'tidetable-importer-answers',
    max: connectionsMax,
    connectionTimeoutMillis: answerTimeoutMs,
    query_timeout: answerTimeoutMs,
    statement_timeout: answerTimeoutMs,
    keepAlive: true,
  });
  // Without a listener a server that goes away would end the process; the next question makes a new connection.
  pool.on('error', () => undefined);
  return pool;
}
