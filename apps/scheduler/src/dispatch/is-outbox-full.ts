import type { DataSource } from 'typeorm';

/**
 * Whether at least `messagesMax` events wait to be published: the bus is away or slower than the claims, so more
 * claims would only age. Counts no further than the bound, takes no lock, and may be off by what is under way.
 */
export async function isOutboxFull(database: DataSource, messagesMax: number): Promise<boolean> {
  const [row] = await database.query<{ waiting: number }[]>(
    'SELECT count(*)::integer AS waiting FROM (SELECT FROM outbox LIMIT $1) AS first_ones',
    [messagesMax],
  );
  return (row?.waiting ?? 0) >= messagesMax;
}
