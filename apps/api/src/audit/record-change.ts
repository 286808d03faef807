import type { Asks, Statement } from '../database/metadata-database.js';

/** $1 account, $2 action, $3 and $4 kind and id of what it was done to, $5 changes; then who. */
const insertEntry: Statement = {
  name: 'insert-audit-entry',
  text: `
INSERT INTO audit_entries (account_id, actor_kind, key_id, key_prefix, request_id, action, target_kind, target_id, changes)
SELECT $1, coalesce(actor ->> 'kind', 'unknown'), (actor ->> 'keyId')::uuid, actor ->> 'keyPrefix',
       (actor ->> 'requestId')::uuid, $2, $3, $4, $5::jsonb
  FROM (SELECT $who::jsonb AS actor) AS told`,
};

/** What was done to something that is not in the metadata database. */
export interface ChangeElsewhere {
  readonly accountId: string;
  readonly action: string;
  readonly targetKind: 'login' | 'connection';
  readonly targetId: string;
  readonly changes?: readonly { field: string; new: unknown }[];
}

/**
 * Writes down a change that was made elsewhere, right after it: there is no transaction across two databases. Changes of
 * rows of the metadata are written down by their triggers.
 */
export async function recordChange(
  database: Asks,
  { accountId, action, targetKind, targetId, changes = [] }: ChangeElsewhere,
): Promise<void> {
  await database.query(insertEntry, [accountId, action, targetKind, targetId, JSON.stringify(changes)]);
}
