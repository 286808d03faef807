import type { Client } from 'pg';
import { rejectionsTable } from '../swap/ledger.js';

/** So many synchronizations are asked about at once. */
const askedMax = 1_000;

/** Rejected rows that are older are forgotten, whatever became of their synchronization. */
const keptDays = 90;

/**
 * Forgets the rejected rows of synchronizations that were deleted, and very old ones. Returns of how many runs they were.
 */
export async function forgetRejected(
  client: Client,
  whichExist: (synchronizationIds: readonly string[]) => Promise<string[]>,
): Promise<number> {
  const old = await client.query(
    `DELETE FROM ${rejectionsTable} WHERE rejected_at < now() - make_interval(days => $1)`,
    [keptDays],
  );
  let forgotten = old.rowCount ?? 0;
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const { rows } = await client.query<{ id: string }>(
      `SELECT DISTINCT synchronization_id AS id FROM ${rejectionsTable}
        WHERE synchronization_id > $1 ORDER BY 1 LIMIT $2`,
      [after, askedMax],
    );
    if (rows.length === 0) return forgotten;
    const ids = rows.map(({ id }) => id);
    const existing = new Set(await whichExist(ids));
    const deleted = await client.query(`DELETE FROM ${rejectionsTable} WHERE synchronization_id = ANY ($1)`, [
      ids.filter((id) => !existing.has(id)),
    ]);
    forgotten += deleted.rowCount ?? 0;
    after = ids.at(-1)!;
  }
}
