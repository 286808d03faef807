import type { DataSource } from 'typeorm';

/** So many rows are removed by one statement, so that none holds its locks for long. */
const forgetBatch = 1_000;

/**
 * Removes deliveries that are older than `retentionDays`, and webhooks that were deleted as long ago, with what was left of
 * theirs. What is under way, or still tried, is younger than that. Returns whether more may be left.
 */
export async function forgetWebhooks(database: DataSource, retentionDays: number): Promise<boolean> {
  const [, deliveries] = await database.query<[unknown, number]>(
    `DELETE FROM webhook_deliveries
      WHERE id IN (
        SELECT id FROM webhook_deliveries
         WHERE created_at < statement_timestamp() - make_interval(days => $1) AND state <> 'pending'
         ORDER BY created_at
         LIMIT $2
           FOR UPDATE SKIP LOCKED)`,
    [retentionDays, forgetBatch],
  );
  const [, webhooks] = await database.query<[unknown, number]>(
    `DELETE FROM webhooks
      WHERE id IN (
        SELECT id FROM webhooks
         WHERE deleted_at < statement_timestamp() - make_interval(days => $1)
         LIMIT $2)`,
    [retentionDays, forgetBatch],
  );
  return deliveries === forgetBatch || webhooks === forgetBatch;
}
