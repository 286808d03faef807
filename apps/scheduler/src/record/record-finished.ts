import type { DataSource } from 'typeorm';
import type { RunReference } from '../run-reference.js';
import type { Recorded } from './decide-run.js';
import { type OnChanged, recordNews } from './record-news.js';
import type { RunEnding } from './run-ending.js';

/**
 * Records how one run ended, once, as `recordNews` does for many.
 *
 * `onlyOverdue` is the rescuer's: a run whose deadline has not passed, or was set anew meanwhile, is left alone.
 *
 * @throws when it could not be recorded.
 */
export async function recordFinished(
  database: DataSource,
  { runId, synchronizationId }: RunReference,
  ending: RunEnding,
  onlyOverdue = false,
  onChanged?: OnChanged,
): Promise<Recorded> {
  const news = { kind: 'ended', ending, onlyOverdue } as const;
  const [recorded = 'nothing'] = await recordNews(database, [{ runId, synchronizationId, news }], onChanged);
  if (recorded instanceof Error) throw recorded;
  return recorded;
}
