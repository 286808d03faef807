import { synchronizationDueChannel } from '@tidetable/metadata-db';
import type { DataSource } from 'typeorm';

/** Tells all schedulers that something may be due now, though no account had anything set aside. */
export async function tellOfDue(database: DataSource): Promise<void> {
  await database.query('SELECT pg_notify($1, $2)', [synchronizationDueChannel, '']);
}
