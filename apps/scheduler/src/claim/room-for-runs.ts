import type { DataSource } from 'typeorm';

/**
 * How many more runs may be in flight, of at most `runsMax`: what is due beyond that stays in the database, where it costs
 * nothing, until the workers have caught up. Counts no further than the bound, takes no lock, and may be off by what is
 * under way.
 */
export async function roomForRuns(database: DataSource, runsMax: number): Promise<number> {
  const [row] = await database.query<{ open: number }[]>(
    'SELECT count(*)::integer AS open FROM (SELECT FROM runs WHERE outcome IS NULL LIMIT $1) AS first_ones',
    [runsMax],
  );
  return runsMax - (row?.open ?? 0);
}
