import { errorCatalogue, failureMessage, type ImportDto, type ImportState } from '@tidetable/contracts';
import type { Run } from '@tidetable/metadata-db';
import type { SynchronizationRow } from '../synchronizations/synchronization-row.js';

/** A first run as it is shown. */
export type FirstRun = Pick<Run, 'outcome' | 'failureCode' | 'failureDetail' | 'report'> & {
  isStarted: boolean;
};

/** A synchronization and its first run, which is `null` until a scheduler has claimed it. */
export interface FirstImport {
  synchronization: SynchronizationRow;
  run: FirstRun | null;
}

/** The first run as CARTO's import record. */
export function presentImport({ synchronization, run }: FirstImport): ImportDto {
  const state = importState(run);
  const tableName = state === 'complete' ? (run?.report?.table ?? synchronization.name) : null;
  return {
    id: synchronization.firstRunId,
    user_id: synchronization.accountId,
    table_id: null,
    data_type: synchronization.serviceName === null ? 'url' : 'datasource',
    table_name: tableName,
    state,
    ...presentFailure(run),
    queue_id: synchronization.firstRunId,
    tables_created_count: state === 'complete' ? 1 : null,
    synchronization_id: synchronization.id,
    type_guessing: synchronization.typeGuessing,
    quoted_fields_guessing: synchronization.quotedFieldsGuessing,
    content_guessing: synchronization.contentGuessing,
    create_visualization: false,
    visualization_id: null,
    user_defined_limits: '{}',
    display_name: tableName ?? synchronization.requestedTableName ?? sourceNameOf(synchronization),
    ...presentSuccess(state),
    original_url: synchronization.url ?? '',
    service_name: synchronization.serviceName,
    service_item_id: synchronization.serviceItemId,
    warnings: presentWarnings(run),
    is_raster: false,
  };
}

function importState(run: FirstRun | null): ImportState {
  switch (run?.outcome) {
    case undefined:
      return 'enqueued';
    case null:
      return run?.isStarted === true ? 'importing' : 'pending';
    case 'imported':
    case 'unchanged':
      return 'complete';
    case 'failed':
    case 'cancelled':
      return 'failure';
  }
}

/** CARTO's clients take the mere presence of `success` for the end of the import. */
function presentSuccess(state: ImportState): Pick<ImportDto, 'success'> {
  return state === 'complete' || state === 'failure' ? { success: state === 'complete' } : {};
}

function presentFailure(run: FirstRun | null): Pick<ImportDto, 'error_code' | 'get_error_text'> {
  const code = run?.outcome === 'cancelled' ? 'run-cancelled' : (run?.failureCode ?? null);
  if (run === null || code === null) return { error_code: null, get_error_text: null };
  const { cartoCode, title, source } = errorCatalogue[code];
  const whatAbout = failureMessage({ code, detail: run.failureDetail });
  return { error_code: cartoCode, get_error_text: { title, what_about: whatAbout, source } };
}

function presentWarnings(run: FirstRun | null): ImportDto['warnings'] {
  const warnings = run?.report?.warnings ?? [];
  return warnings.length === 0 ? null : { messages: warnings };
}

/** What a person would call the file: the last part of the path, or the host when there is none; a service's id. */
function sourceNameOf({ url, serviceItemId }: SynchronizationRow): string {
  if (url === null) return serviceItemId ?? '';
  const { pathname, hostname } = new URL(url);
  return pathname.split('/').findLast((part) => part !== '') ?? hostname;
}
