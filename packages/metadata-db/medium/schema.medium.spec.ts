import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  connectMetadata,
  runMigrations,
  Synchronization,
  Webhook,
  WebhookDelivery,
} from '@tidetable/metadata-db';
import { createMetadataDatabase, dumpSchema as dump, type TestDatabase } from '@tidetable/test-harness';
import { readFileSync, writeFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';

const golden = new URL('../schema.sql', import.meta.url);
const goldenHead = `-- The schema after all migrations, for reading and for review. Written by npm run schema; a test keeps it true.\n\n`;

const generatedColumns = [
  [Synchronization, 'dueAt'],
  [Webhook, 'active'],
  [WebhookDelivery, 'dueAt'],
] as const;

const dumpSchema = (url: string): Promise<string> => dump(url, ['migrations', 'migrations_id_seq']);

describe('the schema of the metadata', () => {
  let created: TestDatabase;
  let database: DataSource;
  beforeEach(async () => {
    created = await createMetadataDatabase();
    database = await connectMetadata(created.url);
  });
  afterEach(async () => {
    if (database.isInitialized) await database.destroy();
    await created.drop();
  });

  const undoAll = async (): Promise<void> => {
    for (let left = database.migrations.length; left > 0; left -= 1) await database.undoLastMigration();
  };

  it('is what schema.sql says', async () => {
    const schema = goldenHead + (await dumpSchema(created.url));
    if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(golden, schema);
    expect(schema).toBe(readFileSync(golden, 'utf8'));
  });

  it('is the same after going down and up again, and nothing of it is left in between', async () => {
    const before = await dumpSchema(created.url);
    await undoAll();
    expect(await dumpSchema(created.url)).toBe('');
    const applied = await runMigrations(created.url);
    expect(applied).toHaveLength(database.migrations.length);
    expect(await dumpSchema(created.url)).toBe(before);
  });

  it('is migrated once when several start to migrate at the same time, and then never again', async () => {
    await undoAll();
    const applied = await Promise.all([1, 2, 3].map(() => runMigrations(created.url)));
    expect(applied.flat().sort()).toEqual(
      database.migrations.map((migration) => migration.constructor.name).sort(),
    );
    expect(await runMigrations(created.url)).toEqual([]);
  });

  it('is changed in nothing by connecting to it', async () => {
    const before = await dumpSchema(created.url);
    const other = await connectMetadata(created.url);
    const extensions = await other.query<unknown[]>('SELECT extname FROM pg_extension');
    await other.destroy();
    expect(extensions).toEqual([{ extname: 'plpgsql' }]);
    expect(await dumpSchema(created.url)).toBe(before);
  });

  /**
   * Entities and migrations are written separately, so TypeORM is asked what it would change. It knows CHECK
   * constraints only from entities, where they are not repeated: it would drop exactly those, and nothing else.
   * What they say is held by schema.sql and by the tests of what they refuse. Generated columns are marked as such
   * here, as they are in the database; their expressions are held by the same two.
   */
  it('is what the entities say', async () => {
    const checks = await database.query<{ drop: string }[]>(
      `SELECT format('ALTER TABLE "%s" DROP CONSTRAINT "%s"', c.relname, k.conname) AS drop
         FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        WHERE k.contype = 'c' AND k.connamespace = 'public'::regnamespace`,
    );
    // TypeORM looks here for the expressions of generated columns, and fails where the table is missing.
    await database.query(
      'CREATE TABLE typeorm_metadata (type text, database text, schema text, "table" text, name text, value text)',
    );
    for (const [entity, property] of generatedColumns) {
      const column = database.getMetadata(entity).findColumnWithPropertyName(property);
      Object.assign(column!, { generatedType: 'STORED', asExpression: ' ' });
    }
    const wanted = await database.driver.createSchemaBuilder().log();
    expect(wanted.upQueries.map(({ query }) => query).sort()).toEqual(checks.map(({ drop }) => drop).sort());
  });
});
