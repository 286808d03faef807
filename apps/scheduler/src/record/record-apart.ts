import type { DataSource } from 'typeorm';
import type { Recorded } from './decide-run.js';
import { type News, type OnChanged, recordNews } from './record-news.js';

/** Classes of SQLSTATE that say that a value was at fault: bad data, a broken constraint, too much of something. */
const classesOfValues: readonly string[] = ['22', '23', '54'];

/**
 * As `recordNews`, but what the database refuses because of one piece of news keeps no other from being recorded: they
 * are then recorded in halves, and in halves of these, until the one is alone. Answers an error for that.
 *
 * @throws when the refusal is nobody's fault here: the database is away, or not as it should be.
 */
export async function recordApart(
  database: DataSource,
  all: readonly News[],
  onChanged: OnChanged = () => undefined,
): Promise<readonly (Recorded | Error)[]> {
  try {
    return await recordNews(database, all, onChanged);
  } catch (error) {
    if (!isOfValue(error)) throw error;
    if (all.length === 1) return [error];
    const half = Math.ceil(all.length / 2);
    const first = await recordApart(database, all.slice(0, half), onChanged);
    return [...first, ...(await recordApart(database, all.slice(half), onChanged))];
  }
}

function isOfValue(error: unknown): error is Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code.length === 5 && classesOfValues.includes(code.slice(0, 2));
}
