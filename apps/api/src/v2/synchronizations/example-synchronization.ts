import { exampleIds } from '../example-ids.js';
import type { SynchronizationBody } from './synchronization-schema.js';

/** A synchronization as examples show it. */
export const exampleSynchronization: SynchronizationBody = {
  id: exampleIds.synchronization,
  source: {
    type: 'url',
    url: 'https://data.example.org/ports.csv',
    header_names: [],
    has_basic_auth: false,
  },
  schedule: { every: 3600 },
  options: {
    type_guessing: true,
    quoted_fields_guessing: true,
    content_guessing: false,
    member: null,
    layer: null,
  },
  table: { schema: 'demo', name: 'ports', requested_name: null },
  state: 'success',
  stopped: false,
  last_failure: null,
  failures_in_a_row: 0,
  imported: {
    requested_at: '2026-03-01T12:00:00.000Z',
    sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    bytes: 18_204,
    etag: '"33a64df5"',
    last_modified: 'Sun, 01 Mar 2026 11:58:02 GMT',
  },
  created_at: '2026-02-27T09:30:00.000Z',
  attempted_at: '2026-03-01T13:00:00.000Z',
  in_step_at: '2026-03-01T13:00:01.000Z',
  table_changed_at: '2026-03-01T12:00:03.000Z',
  next_run_at: '2026-03-01T14:00:00.000Z',
  log_id: exampleIds.log,
  first_run_id: exampleIds.run,
};
