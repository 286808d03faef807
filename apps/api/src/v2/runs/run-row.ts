import type { Run } from '@tidetable/metadata-db';

/** What is read of a stored run, by the name of its column. */
const columns = {
  id: 'id',
  synchronizationId: 'synchronization_id',
  runNumber: 'run_number',
  trigger: 'trigger',
  requestedAt: 'requested_at',
  startedAt: 'started_at',
  finishedAt: 'finished_at',
  outcome: 'outcome',
  unchangedBy: 'unchanged_by',
  failureCode: 'failure_code',
  failureDetail: 'failure_detail',
  sourceSha256: 'source_sha256',
  sourceBytes: 'source_bytes',
  report: 'report',
} as const satisfies Partial<Record<keyof Run, string>>;

/** A stored run as it is read here. */
export type RunRow = Pick<Run, keyof typeof columns>;

/** What a statement selects to give a {@link RunRow}, of the table `r`. */
export const runColumns = Object.entries(columns)
  .map(([field, column]) => `r.${column} AS "${field}"`)
  .join(', ');
