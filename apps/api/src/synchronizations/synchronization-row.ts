import type { Synchronization } from '@tidetable/metadata-db';

/** What is read of a stored synchronization, by the name of its column. */
const columns = {
  id: 'id',
  accountId: 'account_id',
  url: 'url',
  serviceName: 'service_name',
  serviceItemId: 'service_item_id',
  headerNames: 'header_names',
  hasBasicAuth: 'has_basic_auth',
  intervalSeconds: 'interval_seconds',
  cron: 'cron',
  timeZone: 'time_zone',
  requestedTableName: 'requested_table_name',
  typeGuessing: 'type_guessing',
  quotedFieldsGuessing: 'quoted_fields_guessing',
  contentGuessing: 'content_guessing',
  member: 'member',
  layer: 'layer',
  firstRunId: 'first_run_id',
  logId: 'log_id',
  createdAt: 'created_at',
  syncRequestedAt: 'sync_requested_at',
  state: 'state',
  name: 'name',
  runAt: 'run_at',
  ranAt: 'ran_at',
  updatedAt: 'updated_at',
  attemptedAt: 'attempted_at',
  retriedTimes: 'retried_times',
  stopped: 'stopped',
  failureCode: 'failure_code',
  failureDetail: 'failure_detail',
  sourceEtag: 'source_etag',
  sourceLastModified: 'source_last_modified',
  sourceSha256: 'source_sha256',
  sourceBytes: 'source_bytes',
  importedAt: 'imported_at',
  dueAt: 'due_at',
} as const satisfies Partial<Record<keyof Synchronization, string>>;

/** A stored synchronization as the api reads it. */
export type SynchronizationRow = Pick<Synchronization, keyof typeof columns>;

/** What a statement selects to give a {@link SynchronizationRow}; the table must be the only one, or come first. */
export const synchronizationColumns = Object.entries(columns)
  .map(([field, column]) => `synchronizations.${column} AS "${field}"`)
  .join(', ');
