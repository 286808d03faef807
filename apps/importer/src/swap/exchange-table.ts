import { SyncError } from '@tidetable/contracts';
import { type Client, DatabaseError, escapeIdentifier } from 'pg';
import { type Attachment, readForeignKeysToIt, readOwnAttachments, readViews } from './attached-objects.js';
import { type ExtraIndex, readExtraIndexes } from './extra-indexes.js';
import { listDependents } from './list-dependents.js';
import { AttachmentsChangedError, lockForExchange } from './lock-tables.js';
import { readMaterializedViews } from './materialized-views.js';

/** SQLSTATEs that say nothing about the object: a lock was not granted, a deadlock, the server is ending. */
const notTheObjectsFault = /^(55P03|40P01|57|08|53)/;
const dependentObjects = '2BP01';

/** Two tables in one schema, of which one takes the other's place. */
export interface Exchange {
  schema: string;
  /** The table that customers know. */
  table: string;
  /** Its successor, in the same schema; loaded, indexed, with `extraIndexes` built. */
  successor: string;
  /** The extra indexes of the table that the successor has, with their names there. */
  extraIndexes: readonly { index: ExtraIndex; name: string }[];
  /** How long locks may be waited for, in milliseconds. */
  lockTimeoutMs: number;
}

/**
 * Gives a table's name and everything attached to it to its successor, and drops it; within the caller's transaction.
 *
 * Views are redirected and stay the views they are. Materialized views are made again, with data. Foreign keys of
 * others are released and checked against the new rows. Indexes, constraints, triggers, policies, statistics,
 * publications, comments, rights and owner are attached to the successor.
 *
 * @throws SyncError `table-has-dependents` naming what cannot be carried over
 * @throws AttachmentsChangedError when something was attached or taken off meanwhile
 */
export async function exchangeTable(client: Client, exchange: Exchange): Promise<void> {
  const { schema, table, successor } = exchange;
  const inSchema = (name: string): string => `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
  const retired = `${successor}_old`;

  const { oid } = await lockForExchange(client, schema, table, exchange.lockTimeoutMs);
  await verifyIndexes(client, oid, exchange.extraIndexes);
  const views = await readViews(client, oid);
  const materializedViews = await readMaterializedViews(client, oid);
  const foreignKeys = await readForeignKeysToIt(client, oid);
  const attachments = await readOwnAttachments(client, oid);

  for (const { object, releaseSql } of foreignKeys) await attach(client, { object, sql: releaseSql });
  await client.query(`ALTER TABLE ${inSchema(table)} RENAME TO ${escapeIdentifier(retired)}`);
  await client.query(`ALTER TABLE ${inSchema(successor)} RENAME TO ${escapeIdentifier(table)}`);
  for (const view of views) await attach(client, view);
  for (const { object, dropSql } of materializedViews) await attach(client, { object, sql: dropSql });
  await dropRetired(client, schema, retired, table);
  await nameExtraIndexes(client, exchange, inSchema);
  for (const { object, createSql } of materializedViews) {
    for (const sql of createSql) await attach(client, { object, sql });
  }
  for (const attachment of [...attachments, ...foreignKeys]) await attach(client, attachment);
}

/** Now that nobody can change them any more: the successor must have exactly the indexes that the table has. */
async function verifyIndexes(client: Client, oid: string, built: Exchange['extraIndexes']): Promise<void> {
  const key = (index: ExtraIndex): string => JSON.stringify(index);
  const wanted = (await readExtraIndexes(client, oid)).map(key);
  if (JSON.stringify(wanted) !== JSON.stringify(built.map(({ index }) => key(index)))) {
    throw new AttachmentsChangedError('the indexes of the table changed');
  }
}

async function attach(client: Client, { object, sql }: Attachment): Promise<void> {
  try {
    await client.query(sql);
  } catch (error) {
    throw blame(object, error);
  }
}

/** What to throw when the database refuses to carry an object over. */
export function blame(object: string, error: unknown): unknown {
  const isRefused = error instanceof DatabaseError && !notTheObjectsFault.test(error.code ?? '08');
  return isRefused ? new SyncError('table-has-dependents', object, { cause: error }) : error;
}

async function dropRetired(client: Client, schema: string, retired: string, table: string): Promise<void> {
  await client.query('SAVEPOINT before_drop');
  try {
    await client.query(`DROP TABLE ${escapeIdentifier(schema)}.${escapeIdentifier(retired)}`);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== dependentObjects) throw error;
    await client.query('ROLLBACK TO SAVEPOINT before_drop');
    const dependents = (await listDependents(client, schema, retired)).join(', ').replaceAll(retired, table);
    throw new SyncError('table-has-dependents', dependents || undefined, { cause: error });
  }
}

/** The old table is gone, so its indexes' names are free. */
async function nameExtraIndexes(
  client: Client,
  { table, extraIndexes }: Exchange,
  inSchema: (name: string) => string,
): Promise<void> {
  for (const { index, name } of extraIndexes) {
    await client.query(`ALTER INDEX ${inSchema(name)} RENAME TO ${escapeIdentifier(index.name)}`);
    if (index.constraint === null) continue;
    await attach(client, {
      object: index.object,
      sql:
        `ALTER TABLE ${inSchema(table)} ADD CONSTRAINT ${escapeIdentifier(index.constraint.name)} ` +
        `UNIQUE USING INDEX ${escapeIdentifier(index.name)} ${index.constraint.timing}`,
    });
  }
}
