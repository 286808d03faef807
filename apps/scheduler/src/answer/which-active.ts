import type { DataSource } from 'typeorm';

/** Those of the accounts that are not disabled; takes no lock. */
export async function whichActive(database: DataSource, accountIds: readonly string[]): Promise<string[]> {
  const rows = await database.query<{ id: string }[]>(
    "SELECT id FROM accounts WHERE id = ANY ($1) AND state = 'active'",
    [accountIds],
  );
  return rows.map(({ id }) => id);
}
