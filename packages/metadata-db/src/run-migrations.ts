import { setTimeout as delay } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';
import { connectMetadata } from './data-source.js';

/** An advisory lock's key, so that two migration jobs started at once take turns. */
const migrationLockKey = 7_283_115_402;
const lockDelayMs = 100;

/**
 * Brings the schema up to date and returns the names of the migrations that were applied, none when it was.
 * Safe to run any number of times and from several places at once; each migration is a transaction of its own.
 */
export async function runMigrations(metadataDatabaseUrl: string): Promise<string[]> {
  const dataSource = await connectMetadata(metadataDatabaseUrl, 2);
  try {
    const lock = dataSource.createQueryRunner();
    await takeTurn(lock);
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

/**
 * Asks for the lock again and again: whoever waits for it in a statement holds a snapshot, and an index that is built
 * concurrently would wait for that one in turn.
 */
async function takeTurn(lock: QueryRunner): Promise<void> {
  for (;;) {
    const [row] = (await lock.query('SELECT pg_try_advisory_lock($1) AS taken', [migrationLockKey])) as {
      taken: boolean;
    }[];
    if (row?.taken === true) return;
    await delay(lockDelayMs);
  }
}
