import { runMigrations } from '@tidetable/metadata-db';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { createFromTemplate, type TestDatabase } from './template-database.js';

/** A fresh metadata database with the newest schema and not a row in it. */
export function createMetadataDatabase(): Promise<TestDatabase> {
  return createFromTemplate(serverUrl('TEST_METADATA_DATABASE_URL'), {
    name: `tidetable_metadata_${migrationsHash()}`,
    fill: async (url) => {
      await runMigrations(url);
    },
  });
}

/** A fresh destination database: PostGIS and not a table of anybody's in it. */
export function createDestinationDatabase(): Promise<TestDatabase> {
  return createFromTemplate(serverUrl('TEST_DESTINATION_DATABASE_URL'), {
    name: 'tidetable_test_destination',
    fill: async (url) => {
      const client = new pg.Client(url);
      await client.connect();
      await client.query('CREATE EXTENSION IF NOT EXISTS postgis');
      await client.end();
    },
  });
}

/** A fresh database with nothing in it, for who makes its schema as it starts. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createFromTemplate(serverUrl('TEST_METADATA_DATABASE_URL'), {
    name: 'tidetable_test_empty',
    fill: async () => undefined,
  });
}

function serverUrl(name: string): string {
  const url = process.env[name];
  if (url === undefined)
    throw new Error(`${name} is not set: it is set up before the tests of size medium and e2e`);
  return url;
}

function migrationsHash(): string {
  const { resolve } = createRequire(import.meta.url);
  const folder = join(dirname(resolve('@tidetable/metadata-db')), 'migrations');
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort()) {
    if (file.endsWith('.js')) hash.update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex').slice(0, 12);
}
