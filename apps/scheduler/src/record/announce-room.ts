import { synchronizationDueChannel } from '@tidetable/metadata-db';
import type { EntityManager } from 'typeorm';

/** Accounts have room for more runs: schedulers are told, once, where something of any of them was set aside. */
export async function announceRoom(manager: EntityManager, accountIds: readonly string[]): Promise<void> {
  if (accountIds.length === 0) return;
  await manager.query(
    `SELECT pg_notify($1, '')
      WHERE EXISTS (SELECT FROM synchronizations
                     WHERE account_id = ANY($2::uuid[]) AND held AND due_at IS NOT NULL)`,
    [synchronizationDueChannel, [...new Set(accountIds)]],
  );
}
