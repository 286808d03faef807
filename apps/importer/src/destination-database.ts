import { Client } from 'pg';

/** How long a connection may take, in milliseconds. */
const connectTimeoutMs = 10_000;

/**
 * Opens a connection to the destination database. An import is few, long statements, so each of its steps has a
 * connection of its own and none outlives the step.
 */
export async function connectDestination(url: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: 'tidetable-importer',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    options: '-c timezone=UTC -c client_min_messages=warning -c statement_timeout=0',
  });
  // Without a listener a server that goes away would end the process; the statement under way reports it anyway.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
