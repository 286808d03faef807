import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEmptyDatabase, dumpSchema as dump, type TestDatabase } from '@tidetable/test-harness';
import { Pool } from 'pg';
import { migrateConnections } from '../src/connections/database/migrate-connections.js';

const golden = new URL('../connections-schema.sql', import.meta.url);
const goldenHead = `-- The schema of connections after all migrations, for reading and for review. Written by npm run schema; a test keeps it true.\n\n`;

describe('the schema of connections', () => {
  let created: TestDatabase;
  let database: Pool;
  beforeAll(async () => {
    created = await createEmptyDatabase();
    database = new Pool({ connectionString: created.url });
    await migrateConnections(database);
  });
  afterAll(async () => {
    await database.end();
    await created.drop();
  });

  const dumpSchema = (): Promise<string> => dump(created.url, ['connection_migrations']);

  it('is what connections-schema.sql says', async () => {
    const schema = goldenHead + (await dumpSchema());
    if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(golden, schema);
    expect(schema).toBe(readFileSync(golden, 'utf8'));
  });

  it('is the same after going down and up again, and nothing of it is left in between', async () => {
    const before = await dumpSchema();
    await migrateConnections(database, 0);
    expect(await dumpSchema()).toBe('');
    await migrateConnections(database);
    expect(await dumpSchema()).toBe(before);
  });

  it('is made once when several fetchers start at the same time', async () => {
    const before = await dumpSchema();
    await migrateConnections(database, 0);
    await Promise.all([1, 2, 3].map(() => migrateConnections(database)));
    expect(await dumpSchema()).toBe(before);
  });
});
