import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** What can run a statement: a client or pool of `pg`, or a TypeORM data source or manager. */
export interface Sql {
  query(sql: string, values?: unknown[]): Promise<unknown>;
}

/** Columns by their names in the database, e.g. `run_at`. */
type Columns = Record<string, unknown>;

/** Adds an account; its username is made up when none is given. */
export async function insertAccount(
  sql: Sql,
  { username = `user-${randomBytes(4).toString('hex')}`, ...columns }: { username?: string } & Columns = {},
): Promise<{ id: string; username: string }> {
  const id = randomUUID();
  await insert(sql, 'accounts', { id, username, ...columns });
  return { id, username };
}

/** Adds an API key of an account, and returns the key itself. */
export async function insertApiKey(sql: Sql, accountId: string, columns: Columns = {}): Promise<string> {
  const key = randomBytes(20).toString('hex');
  const hash = createHash('sha256').update(key).digest();
  await insert(sql, 'api_keys', {
    account_id: accountId,
    key_hash: hash,
    key_prefix: key.slice(0, 6),
    ...columns,
  });
  return key;
}

/**
 * Adds a synchronization, in state `created` and with an hour between refreshes unless told otherwise. What its
 * state demands is filled in: an attempt, a failure's code, a table's name. Without `account_id` it gets an account.
 */
export async function insertSynchronization(
  sql: Sql,
  columns: Columns = {},
): Promise<{ id: string; accountId: string }> {
  const id = randomUUID();
  const accountId = (columns['account_id'] as string | undefined) ?? (await insertAccount(sql)).id;
  const now = new Date();
  await insert(sql, 'synchronizations', {
    id,
    account_id: accountId,
    url: 'http://127.0.0.1:1/ports.csv',
    interval_seconds: 3_600,
    run_at: new Date(now.getTime() + 3_600_000),
    ...demandedBy(columns, now),
    ...columns,
  });
  return { id, accountId };
}

function demandedBy({ state = 'created', imported_at: importedAt }: Columns, now: Date): Columns {
  return {
    ...(state === 'created' ? {} : { attempted_at: now }),
    ...(state === 'failure' ? { failure_code: 'source-not-found' } : {}),
    ...(state === 'success' ? { name: 'ports' } : {}),
    ...(state === 'success' || importedAt
      ? { imported_at: now, source_sha256: '0'.repeat(64), source_bytes: 0 }
      : {}),
  };
}

/** Adds a run of a synchronization, its first and open for an hour unless told otherwise. */
export async function insertRun(
  sql: Sql,
  synchronizationId: string,
  columns: Columns = {},
): Promise<{ id: string }> {
  const id = (columns['id'] as string | undefined) ?? randomUUID();
  const now = new Date();
  await insert(sql, 'runs', {
    id,
    synchronization_id: synchronizationId,
    run_number: 1,
    trigger: 'schedule',
    requested_at: now,
    deadline_at: new Date(now.getTime() + 3_600_000),
    ...columns,
  });
  return { id };
}

/** Table and column names come from tests alone, never from data. */
async function insert(sql: Sql, table: string, columns: Columns): Promise<void> {
  const names = Object.keys(columns);
  await sql.query(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((_, at) => `$${at + 1}`).join(', ')})`,
    Object.values(columns),
  );
}
