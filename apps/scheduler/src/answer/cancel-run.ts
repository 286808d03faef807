import type { CancelRunV1Reply, CancelRunV1Request } from '@tidetable/contracts';
import type { DataSource } from 'typeorm';
import type { RunReference } from '../run-reference.js';

const find = `
  SELECT r.outcome, a.state = 'active' AS "isAccountActive"
    FROM accounts a
    JOIN synchronizations s ON s.account_id = a.id
    JOIN runs r ON r.synchronization_id = s.id
   WHERE r.id = $1 AND s.id = $2 AND a.id = $3 AND s.deleted_at IS NULL`;

/** Closes a run early that is open; returns whether it did so. */
export type CloseRun = (run: RunReference, isAccountActive: boolean) => Promise<boolean>;

/**
 * Closes a run of this account for whoever asks. The same question again is answered alike and changes nothing.
 *
 * @throws when the database cannot answer; the asker asks again then.
 */
export async function cancelRun(
  database: DataSource,
  { accountId, synchronizationId, runId }: CancelRunV1Request,
  closeRun: CloseRun,
): Promise<CancelRunV1Reply['result']> {
  const lookUp = async (): Promise<{ outcome: string | null; isAccountActive: boolean } | undefined> => {
    const values = [runId, synchronizationId, accountId];
    return (await database.query<{ outcome: string | null; isAccountActive: boolean }[]>(find, values))[0];
  };
  const run = await lookUp();
  if (run === undefined) return 'unknown';
  if (await closeRun({ runId, synchronizationId }, run.isAccountActive)) return 'cancelled';
  return (await lookUp())?.outcome === 'cancelled' ? 'cancelled' : 'ended';
}
