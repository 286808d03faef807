import { Client } from 'pg';

/** How long a connection may take, in milliseconds. */
const connectTimeoutMs = 10_000;

/**
 * How soon the database notices that whoever asked for a long statement is gone, in milliseconds. Otherwise the
 * statement of a killed importer goes on to its end, and whoever takes its run over waits for the table all that time.
 */
const goneNoticedMs = 2_000;

/**
 * Opens a connection to the destination database. An import is few, long statements, so each of its steps has a
 * connection of its own and none outlives the step. It breaks, with what it is doing, when the signal aborts.
 */
export async function connectDestination(url: string, signal?: AbortSignal): Promise<Client> {
  signal?.throwIfAborted();
  const client = new Client({
    connectionString: url,
    application_name: 'tidetable-importer',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    options: '-c timezone=UTC -c client_min_messages=warning -c statement_timeout=0',
  });
  // Without a listener a server that goes away would end the process; the statement under way reports it anyway.
  client.on('error', () => undefined);
  const onAbort = (): void => void client.connection.stream.destroy();
  signal?.addEventListener('abort', onAbort, { once: true });
  client.once('end', () => signal?.removeEventListener('abort', onAbort));
  await client.connect();
  // Servers before version 14 do not know the setting.
  await client.query(
    `SELECT set_config(name, $1, false) FROM pg_settings WHERE name = 'client_connection_check_interval'`,
    [String(goneNoticedMs)],
  );
  return client;
}
