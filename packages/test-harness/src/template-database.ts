import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { waitFor } from './wait-for.js';

/** A database that belongs to one test file. */
export interface TestDatabase {
  readonly url: string;
  /**
   * Removes the database. Idempotent.
   *
   * @throws when a connection to it is still open after two seconds: whatever the test started was not stopped.
   * The database is removed all the same.
   */
  drop(): Promise<void>;
}

/** How a kind of database is made once, to be copied for each test file. */
export interface Template {
  /** Also says what is in it, so that a server which outlives a change of the code is not asked for old content. */
  name: string;
  /** Fills an empty database. */
  fill(url: string): Promise<void>;
}

/** An advisory lock's key: test files run at the same time, and one of them makes the template. */
const templateLockKey = 5_120_377_461;
/** How long connections may take to go away after they were closed. */
const leaveMs = 10_000;

/** A copy of the template on the server of `serverUrl`; the template is made on the way when it is not there yet. */
export async function createFromTemplate(serverUrl: string, template: Template): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await withClient(serverUrl, async (client) => {
    await ensureTemplate(client, serverUrl, template);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template.name}`);
  });
  return { url: databaseUrl(serverUrl, name), drop: () => dropDatabase(serverUrl, name) };
}

async function ensureTemplate(client: pg.Client, serverUrl: string, template: Template): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [templateLockKey]);
  try {
    const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [template.name]);
    if (found.rowCount !== 0) return;
    // Filled under another name, so that a template which exists is one that is complete.
    const unfinished = `${template.name}_unfinished`;
    await client.query(`DROP DATABASE IF EXISTS ${unfinished}`);
    await client.query(`CREATE DATABASE ${unfinished} TEMPLATE template0 ENCODING 'UTF8'`);
    await template.fill(databaseUrl(serverUrl, unfinished));
    await waitFor(async () => (await connectionsCount(client, unfinished)) === 0, {
      until: 'nobody is connected to the template',
    });
    await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${template.name}`);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [templateLockKey]);
  }
}

async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await withClient(serverUrl, async (client) => {
    const leak = await waitFor(async () => (await connectionsCount(client, name)) === 0, {
      timeoutMs: leaveMs,
      until: 'all connections to a test database are closed',
    }).catch((error: Error) => error);
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    if (leak !== true) throw leak;
  });
}

async function connectionsCount(client: pg.Client, name: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = $1',
    [name],
  );
  return rows[0]?.count ?? 0;
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
