import { z } from 'zod';
import type { Asks, Statement } from '../../database/metadata-database.js';
import { readCursor, writeCursor } from '../cursor.js';
import type { AuditEntryBody } from './audit-schema.js';

interface EntryRow {
  id: string;
  position: string;
  kind: AuditEntryBody['actor']['kind'];
  keyId: string | null;
  keyPrefix: string | null;
  requestId: string | null;
  action: string;
  targetKind: string;
  targetId: string;
  changes: AuditEntryBody['changes'];
}

/** $1 account, $2 and $3 the time in microseconds and the id to go on behind, $4 how many. The newest first. */
const findPage: Statement = {
  name: 'list-audit-entries',
  text: `
SELECT id, (extract(epoch FROM at) * 1000000)::bigint::text AS position, actor_kind AS kind, key_id AS "keyId",
       key_prefix AS "keyPrefix", request_id AS "requestId", action, target_kind AS "targetKind",
       target_id AS "targetId", changes
  FROM audit_entries
 WHERE account_id = $1
   AND ($2::bigint IS NULL OR (at, id) < (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3::uuid))
 ORDER BY at DESC, id DESC
 LIMIT $4`,
};

const position = z.tuple([z.string().regex(/^-?\d{1,18}$/), z.uuid()]);

/** One page of what was done to an account. Its cost does not grow with the place. @throws Problem 400 */
export async function listEntries(
  database: Asks,
  accountId: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: AuditEntryBody[]; cursor: string | null }> {
  const after = cursor === undefined ? [null, null] : readCursor('audit', cursor, position);
  const found = await database.query<EntryRow>(findPage, [accountId, ...after, limit + 1]);
  const last = found.length > limit ? found[limit - 1] : undefined;
  return {
    items: found.slice(0, limit).map(present),
    cursor: last === undefined ? null : writeCursor('audit', [last.position, last.id]),
  };
}

function present(row: EntryRow): AuditEntryBody {
  return {
    id: row.id,
    at: new Date(Number(row.position) / 1_000).toISOString(),
    actor: { kind: row.kind, key_id: row.keyId, key_prefix: row.keyPrefix },
    request_id: row.requestId,
    action: row.action,
    target: { kind: row.targetKind, id: row.targetId },
    changes: row.changes,
  };
}
