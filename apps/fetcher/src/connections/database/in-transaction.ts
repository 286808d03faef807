import type { Pool, PoolClient } from 'pg';

/**
 * A transaction, and with it the locks it holds, ends when its fetcher hangs for so long, in milliseconds: longer than a
 * service may take for two answers.
 */
const idleMsMax = 60_000;

/** Works in a transaction that is committed when the work is done, and rolled back when it fails. */
export async function inTransaction<T>(database: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await database.connect();
  // A session that ends while nothing is asked of it says so to whoever listens, and else ends the process.
  const onEnded = (): void => undefined;
  client.on('error', onEnded);
  let isBroken = false;
  try {
    await client.query('BEGIN');
    await client.query(`SET LOCAL idle_in_transaction_session_timeout = ${idleMsMax}`);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    isBroken = await client.query('ROLLBACK').then(
      () => false,
      () => true,
    );
    throw error;
  } finally {
    client.off('error', onEnded);
    client.release(isBroken);
  }
}
