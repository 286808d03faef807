import { randomBytes } from 'node:crypto';
import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import { ensureSchema } from '../swap/choose-table.js';
import { readersTable } from '../swap/ledger.js';

/** So many tables are looked up at once. */
const grantedAtOnce = 500;
/** How long a table that is just being replaced is waited for. */
const lockTimeout = '5s';
/** A role's name ends with this many hexadecimal digits at most, and PostgreSQL cuts names at 63 bytes. */
const suffixBytes = 3;
const stemCharactersMax = 45;

/** The name of a role for a schema: readable, and such that no dialect needs quotes. */
export function roleName(schema: string, ending: string): string {
  return `${schema.slice(0, stemCharactersMax).replaceAll('-', '_')}_${ending}`;
}

/** An ending that no other role has, for all practical purposes; who makes the role finds out. */
export function randomEnding(): string {
  return randomBytes(suffixBytes).toString('hex');
}

/**
 * Finds or makes the role that reads a schema, its tables and those to come. Logins are in it and have no rights of their
 * own, so that one more of them costs nothing, however many tables there are. Runs in the caller's transaction; others who
 * do the same for this schema must wait.
 */
export async function ensureReader(client: Client, schema: string): Promise<string> {
  const { rows } = await client.query<{ role_name: string }>(
    `SELECT role_name FROM ${readersTable} WHERE schema_name = $1`,
    [schema],
  );
  if (rows[0] !== undefined) return rows[0].role_name;
  await ensureSchema(client, schema);
  const name = await freeRoleName(client, schema);
  const [role, inSchema] = [escapeIdentifier(name), escapeIdentifier(schema)];
  await client.query(`CREATE ROLE ${role} NOLOGIN NOINHERIT`);
  await client.query(`COMMENT ON ROLE ${role} IS ${escapeLiteral(`Tidetable: reads the schema ${schema}`)}`);
  await client.query(`GRANT USAGE ON SCHEMA ${inSchema} TO ${role}`);
  // Tables come from the staging schema; the swap gives them what is the default here.
  await client.query(`ALTER DEFAULT PRIVILEGES IN SCHEMA ${inSchema} GRANT SELECT ON TABLES TO ${role}`);
  await allowToConnect(client, name);
  await client.query(`INSERT INTO ${readersTable} (schema_name, role_name) VALUES ($1, $2)`, [schema, name]);
  return name;
}

async function freeRoleName(client: Client, schema: string): Promise<string> {
  const plain = roleName(schema, 'readers');
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [plain]);
  return rowCount === 0 ? plain : `${plain}_${randomEnding()}`;
}

/** Where not everybody may connect, which is as it should be, readers may. */
async function allowToConnect(client: Client, role: string): Promise<void> {
  const { rows } = await client.query<{ database: string; may: boolean }>(
    `SELECT current_database() AS database, has_database_privilege($1, current_database(), 'CONNECT') AS may`,
    [role],
  );
  const [found] = rows;
  if (found === undefined || found.may) return;
  await client.query(
    `GRANT CONNECT ON DATABASE ${escapeIdentifier(found.database)} TO ${escapeIdentifier(role)}`,
  );
}

/**
 * Lets a reader read whatever in its schema is ours to grant and it cannot read yet. Each table is locked meanwhile, as a
 * reader would, so that none is replaced by one that has not got the right. Call it outside of a transaction.
 */
export async function grantWhatIsThere(client: Client, schema: string, reader: string): Promise<void> {
  for (let after = '0'; ;) {
    const { rows } = await client.query<{ oid: string; name: string }>(
      `SELECT c.oid::text AS oid, c.oid::regclass::text AS name FROM pg_class c
        WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.oid > $4::oid
          AND pg_has_role(c.relowner, 'USAGE') AND NOT has_table_privilege($2, c.oid, 'SELECT')
        ORDER BY c.oid LIMIT $3`,
      [escapeIdentifier(schema), reader, grantedAtOnce, after],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    for (const { name } of rows) await grantOne(client, name, reader);
    after = last.oid;
  }
}

async function grantOne(client: Client, table: string, reader: string): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(`SET LOCAL lock_timeout = '${lockTimeout}'`);
    // Also locks views; one that has gone meanwhile is an error, and then whoever asked tries again.
    await client.query(`LOCK TABLE ${table} IN ACCESS SHARE MODE`);
    await client.query(`GRANT SELECT ON ${table} TO ${escapeIdentifier(reader)}`);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    if ((error as { code?: string }).code !== '42P01') throw error;
  }
}
