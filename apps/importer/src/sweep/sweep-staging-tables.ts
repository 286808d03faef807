import { type Client, DatabaseError } from 'pg';
import { dropStagingTable, runIdOfStagingTable, stagingSchema } from '../load/staging-table.js';

/** SQLSTATE of a lock that was not granted within `lock_timeout`. */
const lockNotAvailable = '55P03';

/**
 * Drops staging tables whose run is over, which a crash between the end of a run and its cleaning leaves behind.
 * Returns how many. One that is in use is left for the next time.
 */
export async function sweepStagingTables(
  client: Client,
  isRunOpen: (runId: string) => Promise<boolean>,
): Promise<number> {
  const { rows } = await client.query<{ relname: string }>(
    `SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'`,
    [stagingSchema],
  );
  await client.query(`SET lock_timeout = '1s'`);
  let dropped = 0;
  for (const { relname } of rows) {
    const runId = runIdOfStagingTable(relname);
    if (runId === null || (await isRunOpen(runId))) continue;
    try {
      await dropStagingTable(client, runId);
      dropped++;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code !== lockNotAvailable) throw error;
    }
  }
  return dropped;
}
