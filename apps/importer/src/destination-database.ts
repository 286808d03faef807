import { Client } from 'pg';

/** How long a connection may take, in milliseconds. */
const connectTimeoutMs = 10_000;

/**
 * How soon the database notices that whoever asked for a long statement, or holds a lock, is gone. Otherwise the
 * statement of a killed importer goes on to its end, and whoever takes its run over waits for the table all that time.
 */
const noticeGone = {
  /** While a statement runs; servers before version 14 do not know it. */
  client_connection_check_interval: '2s',
  /** While nothing runs, and the other host is not there any more to say so. */
  tcp_keepalives_idle: '30s',
  tcp_keepalives_interval: '10s',
  tcp_keepalives_count: '3',
};

/** The settings that the server knows of these; the values are ours, so that they can stand in the text. */
const noticeGoneSql = `SELECT set_config(known.name, wanted.value, false)
  FROM jsonb_each_text('${JSON.stringify(noticeGone)}') AS wanted (name, value)
  JOIN pg_settings AS known ON known.name = wanted.name`;

/** Opens a connection to the destination database, or gives up when the signal aborts. */
export async function connectDestination(url: string, signal?: AbortSignal): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: 'tidetable-importer',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    options: '-c timezone=UTC -c client_min_messages=warning -c statement_timeout=0',
  });
  // Without a listener a server that goes away would end the process; the statement under way reports it anyway.
  client.on('error', () => undefined);
  const callOff = breakOnAbort(client, signal);
  try {
    await client.connect();
    await client.query(noticeGoneSql);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  } finally {
    callOff();
  }
}

/** Breaks a connection, with what it is doing, when the signal aborts; what is returned calls that off. */
export function breakOnAbort(client: Client, signal?: AbortSignal): () => void {
  signal?.throwIfAborted();
  const onAbort = (): void => void client.connection.stream.destroy();
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => signal?.removeEventListener('abort', onAbort);
}

/**
 * Makes a connection as if it were new: without transaction, settings and locks of its own.
 *
 * @throws when it is broken
 */
export async function renew(client: Client): Promise<void> {
  if (client.getTransactionStatus() !== 'I') await client.query('ROLLBACK');
  await client.query(`RESET ALL; SELECT pg_advisory_unlock_all(); ${noticeGoneSql}`);
}
