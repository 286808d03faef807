import type { DataSource } from 'typeorm';
import type { RunReference } from '../run-reference.js';

/** So many are looked at in one round. */
export const runsToCloseMax = 200;

/**
 * The open runs that must not go on, by the same rules as `reasonToClose`. Takes no lock: whoever closes one looks
 * again. Reads the open runs, of which there are no more than are in flight.
 */
const find = `
  SELECT r.id AS "runId", r.synchronization_id AS "synchronizationId", a.state = 'active' AS "isAccountActive"
    FROM accounts a
    JOIN synchronizations s ON s.account_id = a.id
    JOIN runs r ON r.synchronization_id = s.id
   WHERE r.outcome IS NULL
     AND (s.deleted_at IS NOT NULL OR a.state <> 'active' OR s.source_changed_at > r.requested_at)
   LIMIT $1`;

/** An open run that should not be. */
interface RunToClose extends RunReference {
  readonly isAccountActive: boolean;
}

/** Up to `runsToCloseMax` open runs that must not go on. */
export async function findRunsToClose(database: DataSource): Promise<RunToClose[]> {
  return database.query<RunToClose[]>(find, [runsToCloseMax]);
}
