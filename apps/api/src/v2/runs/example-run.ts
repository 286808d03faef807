import { exampleIds } from '../example-ids.js';
import type { LogEntryBody, RunBody, RunSummaryBody } from './run-schema.js';

const address = `/synchronizations/${exampleIds.synchronization}/runs/${exampleIds.run}`;

/** A run as examples of lists show it. */
export const exampleRunSummary: RunSummaryBody = {
  id: exampleIds.run,
  synchronization_id: exampleIds.synchronization,
  number: 1,
  trigger: 'created',
  state: 'ended',
  outcome: 'imported',
  unchanged_by: null,
  failure: null,
  requested_at: '2026-03-01T12:00:00.000Z',
  started_at: '2026-03-01T12:00:00.040Z',
  finished_at: '2026-03-01T12:00:03.000Z',
  timings: { queued_ms: 40, fetch_ms: 1770.5, load_ms: 820, index_ms: 95.25, swap_ms: 6, total_ms: 3000 },
  source: { sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', bytes: 18_204 },
  rows: 1_204,
  rejected_rows: 3,
  warnings_count: 1,
};

/** A run as examples show it. */
export const exampleRun: RunBody = {
  ...exampleRunSummary,
  table: { schema: 'demo', name: 'ports' },
  rows_before: null,
  geometries: null,
  columns: [
    { name: 'cartodb_id', type: 'bigint', header: null, why: null },
    {
      name: 'opened_on',
      type: 'text',
      header: 'opened on',
      why: 'It stays text: no value tells whether its dates begin with the day or the month.',
    },
  ],
  warnings: ['3 rows were rejected, the first on line 17.'],
  links: { log: `/api/v2${address}/log`, rejects: `/api/v1${address}/rejects` },
};

/** A line of a log as examples show it. */
export const exampleLogEntry: LogEntryBody = {
  id: '17',
  run_id: exampleIds.run,
  at: '2026-03-01T12:00:00.000Z',
  level: 'info',
  message: 'The first import was requested.',
};
