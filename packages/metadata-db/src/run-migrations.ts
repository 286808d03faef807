import { connectMetadata } from './data-source.js';

/** An advisory lock's key, so that two migration jobs started at once take turns. */
const migrationLockKey = 7_283_115_402;

/**
 * Brings the schema up to date and returns the names of the migrations that were applied, none when it was.
 * Safe to run any number of times and from several places at once; each migration is a transaction of its own.
 */
export async function runMigrations(metadataDatabaseUrl: string): Promise<string[]> {
  const dataSource = await connectMetadata(metadataDatabaseUrl, 2);
  try {
    const lock = dataSource.createQueryRunner();
    await lock.query('SELECT pg_advisory_lock($1)', [migrationLockKey]);
    try {
      return (await dataSource.runMigrations()).map((migration) => migration.name);
    } finally {
      await lock.query('SELECT pg_advisory_unlock($1)', [migrationLockKey]);
      await lock.release();
    }
  } finally {
    await dataSource.destroy();
  }
}
