import type { Pool, PoolClient } from 'pg';
import { type Migration, migrations } from './migrations.js';

/** Fetchers start at the same time; one of them brings the schema up to date while the others wait. */
const migrationLockKey = 5_120_377_462;

/** Brings the schema of connections to `steps` steps, up or down. Repeating it changes nothing. */
export async function migrateConnections(database: Pool, steps = migrations.length): Promise<void> {
  const client = await database.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLockKey]);
    await client.query('CREATE TABLE IF NOT EXISTS connection_migrations (name text PRIMARY KEY)');
    const { rows } = await client.query<{ name: string }>(
      'SELECT name FROM connection_migrations ORDER BY name',
    );
    const done = rows.map(({ name }) => name);
    for (const migration of migrations.slice(0, steps).filter(({ name }) => !done.includes(name))) {
      await step(client, migration, 'up');
    }
    for (const migration of migrations
      .slice(steps)
      .filter(({ name }) => done.includes(name))
      .reverse()) {
      await step(client, migration, 'down');
    }
  } finally {
    // The lock goes with the session, whatever happened in it.
    client.release(true);
  }
}

async function step(
  client: PoolClient,
  { name, ...sql }: Migration,
  direction: 'up' | 'down',
): Promise<void> {
  await client.query('BEGIN');
  await client.query(sql[direction]);
  await client.query(
    direction === 'up'
      ? 'INSERT INTO connection_migrations (name) VALUES ($1)'
      : 'DELETE FROM connection_migrations WHERE name = $1',
    [name],
  );
  await client.query('COMMIT');
}
