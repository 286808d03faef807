import { type Client, DatabaseError, escapeIdentifier, escapeLiteral } from 'pg';
import { scramVerifier } from './make-password.js';
import { randomEnding, roleName } from './reader-role.js';

/** SQLSTATE of a role that is there already. */
const duplicateObject = '42710';
const namesTried = 5;
/** How long the sessions of a login may take to end. */
const endMs = 5_000;

/** What a login may take of the database. */
export interface LoginBounds {
  readonly connectionsMax: number;
  readonly statementTimeoutMs: number;
}

/**
 * Makes a role that can log in, is in a reader and can do nothing else. Runs in the caller's transaction.
 *
 * @returns its name
 */
export async function createLoginRole(
  client: Client,
  schema: string,
  reader: string,
  password: string,
  { connectionsMax, statementTimeoutMs }: LoginBounds,
): Promise<string> {
  const options = `LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT ${connectionsMax}`;
  const name = await createUnderFreeName(client, schema, (role) =>
    client.query(
      `CREATE ROLE ${role} ${options} PASSWORD ${escapeLiteral(scramVerifier(password))} IN ROLE ${escapeIdentifier(reader)}`,
    ),
  );
  const role = escapeIdentifier(name);
  await client.query(
    `COMMENT ON ROLE ${role} IS ${escapeLiteral(`Tidetable: a login to the schema ${schema}`)}`,
  );
  const settings = {
    search_path: `${escapeIdentifier(schema)}, public`,
    default_transaction_read_only: 'on',
    statement_timeout: `'${statementTimeoutMs}ms'`,
    // Who reads and then waits keeps the table from being replaced.
    idle_in_transaction_session_timeout: "'60s'",
  };
  for (const [setting, value] of Object.entries(settings))
    await client.query(`ALTER ROLE ${role} SET ${setting} = ${value}`);
  await beAllowedToEnd(client, name);
  return name;
}

async function createUnderFreeName(
  client: Client,
  schema: string,
  create: (role: string) => Promise<unknown>,
): Promise<string> {
  for (let tried = 1; ; tried += 1) {
    const name = roleName(schema, randomEnding());
    await client.query('SAVEPOINT before_role');
    try {
      await create(escapeIdentifier(name));
      return name;
    } catch (error) {
      const isTaken = error instanceof DatabaseError && error.code === duplicateObject;
      if (!isTaken || tried === namesTried) throw error;
      await client.query('ROLLBACK TO SAVEPOINT before_role');
    }
  }
}

/** Who is no superuser ends sessions, and what a role owns, only of roles that it is in. */
async function beAllowedToEnd(client: Client, name: string): Promise<void> {
  const { rows } = await client.query<{ may: boolean }>(`SELECT pg_has_role($1, 'USAGE') AS may`, [name]);
  if (rows[0]?.may !== true) await client.query(`GRANT ${escapeIdentifier(name)} TO CURRENT_USER`);
}

/** Gives a login a new password, and ends the sessions that were opened with the old one. */
export async function changePassword(client: Client, name: string, password: string): Promise<void> {
  await client.query(
    `ALTER ROLE ${escapeIdentifier(name)} PASSWORD ${escapeLiteral(scramVerifier(password))}`,
  );
  await endSessions(client, name);
}

/**
 * Ends a login: nobody gets in any more, its sessions end, and the role goes with whatever it may own. One that is gone
 * already is no error. Call it outside of a transaction.
 */
export async function dropLoginRole(client: Client, name: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
  if (rowCount === 0) return;
  const role = escapeIdentifier(name);
  await client.query(`ALTER ROLE ${role} NOLOGIN`);
  await endSessions(client, name);
  await client.query(`DROP OWNED BY ${role}`);
  await client.query(`DROP ROLE IF EXISTS ${role}`);
}

async function endSessions(client: Client, name: string): Promise<void> {
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [name]);
  const isOver = async (): Promise<boolean> =>
    (await client.query('SELECT FROM pg_stat_activity WHERE usename = $1', [name])).rowCount === 0;
  const giveUpAt = performance.now() + endMs;
  while (!(await isOver()) && performance.now() < giveUpAt) await client.query('SELECT pg_sleep(0.02)');
}
