import {
  type CreatedSynchronizationDto,
  errorCatalogue,
  failureMessage,
  type SynchronizationDto,
  type SynchronizationState,
} from '@tidetable/contracts';
import { spellTime } from '../http/spell-time.js';
import type { SynchronizationRow } from './synchronization-row.js';

/** A stored synchronization as its owner sees it. */
export function presentSynchronization(row: SynchronizationRow): SynchronizationDto {
  return {
    id: row.id,
    name: row.name,
    interval: row.intervalSeconds,
    url: row.url,
    state: visibleState(row),
    user_id: row.accountId,
    created_at: spellTime(row.createdAt),
    updated_at: spellTime(row.updatedAt),
    run_at: spellTime(row.runAt),
    ran_at: spellTime(row.ranAt),
    modified_at: null,
    ...presentVersion(row),
    log_id: row.logId,
    ...presentFailure(row),
    retried_times: row.retriedTimes,
    service_name: row.serviceName,
    service_item_id: row.serviceItemId ?? (row.attemptedAt === null ? null : row.url),
    type_guessing: row.typeGuessing,
    quoted_fields_guessing: row.quotedFieldsGuessing,
    content_guessing: row.contentGuessing,
    visualization_id: null,
    from_external_source: false,
    member: row.member,
    layer: row.layer,
    header_names: row.headerNames,
    has_basic_auth: row.hasBasicAuth,
  };
}

/** A synchronization that was just created, with the import record under which its first run can be watched. */
export function presentCreatedSynchronization(row: SynchronizationRow): CreatedSynchronizationDto {
  return {
    data_import: { endpoint: '/api/v1/imports', item_queue_id: row.firstRunId },
    ...presentSynchronization(row),
  };
}

/**
 * The state as its owner sees it. A refresh that was asked for is `queued` at once, although the scheduler has yet to
 * write that down: who asks and then polls must not take the success of the last run for that of the next.
 */
export function visibleState(
  row: Pick<SynchronizationRow, 'state' | 'syncRequestedAt' | 'attemptedAt'>,
): SynchronizationState {
  const atRest = row.state === 'success' || row.state === 'failure';
  const asked =
    row.syncRequestedAt !== null && row.attemptedAt !== null && row.syncRequestedAt > row.attemptedAt;
  return atRest && asked ? 'queued' : row.state;
}

/** Before the first import nothing is known of the source, which is `null` for one field and empty for the other. */
function presentVersion(row: SynchronizationRow): Pick<SynchronizationDto, 'etag' | 'checksum'> {
  const etag = row.sourceEtag?.replaceAll('"', '') ?? null;
  return { etag, checksum: row.importedAt === null ? '' : etag };
}

/**
 * The reason of the last failure stays while the schedule tries again, and goes with a success or with a refresh asked
 * for by hand: CARTO's clients take any record with a code for a failed one.
 */
function presentFailure(row: SynchronizationRow): Pick<SynchronizationDto, 'error_code' | 'error_message'> {
  const isOver = row.state === 'success' || visibleState(row) !== row.state;
  if (row.failureCode === null || isOver) return { error_code: null, error_message: null };
  return {
    error_code: errorCatalogue[row.failureCode].cartoCode,
    error_message: failureMessage({ code: row.failureCode, detail: row.failureDetail }),
  };
}
