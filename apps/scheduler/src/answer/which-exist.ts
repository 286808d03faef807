import type { DataSource } from 'typeorm';

/** Those of the synchronizations that were not deleted; takes no lock. */
export async function whichExist(
  database: DataSource,
  synchronizationIds: readonly string[],
): Promise<string[]> {
  const rows = await database.query<{ id: string }[]>(
    'SELECT id FROM synchronizations WHERE id = ANY ($1) AND deleted_at IS NULL',
    [synchronizationIds],
  );
  return rows.map(({ id }) => id);
}
