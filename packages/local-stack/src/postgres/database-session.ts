import pg from 'pg';

const connectTimeoutMs = 10_000;

/** Runs `work` with a connection to a database that somebody else runs, closed afterwards. */
export function withGivenDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  return withClient({ connectionString: url }, work);
}

/**
 * Runs `work` with a connection to a database of our own cluster, closed afterwards. What the caller's environment says
 * about SSL and options is meant for other servers, so nothing of it is left to apply.
 */
export function withOwnDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const database = pathname.slice(1);
  const options = '-c client_encoding=UTF8';
  return withClient(
    { host: hostname, port: Number(port), user: username, password, database, options, ssl: false },
    work,
  );
}

async function withClient<T>(config: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: connectTimeoutMs });
  // A server that ends meanwhile is reported by the statement that then fails, and must not end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}
