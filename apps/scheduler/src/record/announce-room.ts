import { synchronizationDueChannel } from '@tidetable/metadata-db';
import type { EntityManager } from 'typeorm';

/**
 * $1 channel, $2 accounts, $3 synchronizations. Each account and each source host is looked up in the index of what waits
 * for it, by its first row.
 */
const announce = `
SELECT pg_notify($1, '')
 WHERE EXISTS (SELECT FROM synchronizations
                WHERE account_id = ANY($2::uuid[]) AND held AND due_at IS NOT NULL)
    OR EXISTS (SELECT FROM (SELECT DISTINCT source_host(url, service_name) AS host
                              FROM synchronizations WHERE id = ANY($3::uuid[])) AS hosts
                CROSS JOIN LATERAL (
                  SELECT FROM synchronizations s
                   WHERE source_host(s.url, s.service_name) = hosts.host AND s.held_by_host AND s.due_at IS NOT NULL
                   ORDER BY s.account_id, s.due_at
                   LIMIT 1) AS waiting)`;

/**
 * Accounts and source hosts have room for more runs, as runs of these have ended: schedulers are told, once, where
 * something was set aside for any of them.
 */
export async function announceRoom(
  manager: EntityManager,
  ended: readonly { readonly id: string; readonly accountId: string }[],
): Promise<void> {
  if (ended.length === 0) return;
  await manager.query(announce, [
    synchronizationDueChannel,
    [...new Set(ended.map(({ accountId }) => accountId))],
    ended.map(({ id }) => id),
  ]);
}
