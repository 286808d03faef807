import { errorCatalogue, type SyncErrorCode } from '@tidetable/contracts';
import { visibleState } from '../../synchronizations/present-synchronization.js';
import type { SynchronizationRow } from '../../synchronizations/synchronization-row.js';
import { problemType } from '../problems/problem.js';
import type { FailureBody, SynchronizationBody } from './synchronization-schema.js';

/** A stored synchronization as version 2 shows it; `schema` is that of the account's tables. */
export function presentSynchronization(row: SynchronizationRow, schema: string): SynchronizationBody {
  return {
    id: row.id,
    source: presentSource(row),
    schedule: presentSchedule(row),
    options: {
      type_guessing: row.typeGuessing,
      quoted_fields_guessing: row.quotedFieldsGuessing,
      content_guessing: row.contentGuessing,
      member: row.member,
      layer: row.layer,
    },
    table: { schema, name: row.name, requested_name: row.requestedTableName },
    state: visibleState(row),
    stopped: row.stopped,
    last_failure: row.state === 'success' ? null : presentFailure(row.failureCode, row.failureDetail),
    failures_in_a_row: row.retriedTimes,
    imported: presentVersion(row),
    created_at: row.createdAt.toISOString(),
    attempted_at: row.attemptedAt?.toISOString() ?? null,
    in_step_at: row.importedAt === null ? null : row.ranAt.toISOString(),
    table_changed_at: row.importedAt === null ? null : row.updatedAt.toISOString(),
    next_run_at: row.dueAt?.toISOString() ?? null,
    log_id: row.logId,
    first_run_id: row.firstRunId,
  };
}

/** A failure with all that the catalogue knows about it; `null` for none. */
export function presentFailure(code: SyncErrorCode | null, detail: string | null): FailureBody | null {
  if (code === null) return null;
  const { cartoCode, title, sentence, remedy, directive } = errorCatalogue[code];
  return { type: problemType(code), code, carto_code: cartoCode, title, sentence, detail, remedy, directive };
}

function presentSchedule({
  cron,
  timeZone,
  intervalSeconds,
}: SynchronizationRow): SynchronizationBody['schedule'] {
  return cron === null || timeZone === null ? { every: intervalSeconds } : { cron, time_zone: timeZone };
}

function presentSource(row: SynchronizationRow): SynchronizationBody['source'] {
  if (row.serviceName !== null && row.serviceItemId !== null)
    return { type: 'service', service: row.serviceName, item_id: row.serviceItemId };
  return {
    type: 'url',
    url: row.url ?? '',
    header_names: row.headerNames,
    has_basic_auth: row.hasBasicAuth,
  };
}

function presentVersion(row: SynchronizationRow): SynchronizationBody['imported'] {
  if (row.importedAt === null || row.sourceSha256 === null) return null;
  return {
    requested_at: row.importedAt.toISOString(),
    sha256: row.sourceSha256,
    bytes: row.sourceBytes === null ? null : Number(row.sourceBytes),
    etag: row.sourceEtag,
    last_modified: row.sourceLastModified,
  };
}
