import {
  errorCatalogue,
  type ImportReport,
  type SchemaChange,
  type SyncErrorCode,
  type WebhookEventType,
} from '@tidetable/contracts';
import type { RunDecision } from './decide-run.js';
import type { LockedRun } from './lock-runs.js';

/** Something that happened and that webhooks may be told of. */
export interface WebhookEvent {
  readonly accountId: string;
  readonly type: WebhookEventType;
  /** What makes it one: recorded again, it is the same event. */
  readonly key: string;
  /** Where it happened, as a path below the public address. */
  readonly source: string;
  /** What it happened to there. */
  readonly subject: string;
  readonly data: object;
}

/** So many columns, and so many warnings, are listed; a message has to stay small. */
const columnsListedMax = 100;
const warningsListedMax = 20;

const connectionCodes: ReadonlySet<string | null> = new Set<SyncErrorCode>([
  'connection-refused',
  'connection-missing',
]);

/**
 * What the end of a run means to those who want to know: its success or failure, that the schedule has stopped, that a
 * connection has to be made again, that the columns of the table are others. Nothing for a start, for a run that found
 * nothing new, and for one that was cancelled. Holds no cell, no address of the source, and nothing secret.
 */
export function webhookEventsOf(locked: LockedRun, { run, synchronization }: RunDecision): WebhookEvent[] {
  const { outcome } = run;
  if (outcome !== 'imported' && outcome !== 'failed') return [];
  const before = locked.synchronization;
  const after = { ...before, ...synchronization };
  const ids = { synchronization_id: before.id, run_id: locked.run.id, run_number: locked.run.runNumber };
  const links = linksOf(before.id, locked.run.id);
  const at = (run.finishedAt ?? locked.now).toISOString();
  const failure = failureOf(run.failureCode ?? null, run.failureDetail ?? null);
  const schedule = {
    state: after.state,
    stopped: after.stopped,
    failures_in_a_row: after.retriedTimes,
    next_run_at: after.stopped ? null : after.runAt.toISOString(),
  };
  const event = (type: WebhookEventType, data: object): WebhookEvent => ({
    accountId: before.accountId,
    type,
    key: `${locked.run.id}/${type}`,
    source: links.synchronization,
    subject: locked.run.id,
    data,
  });
  const common = { ...ids, table: after.name, outcome, finished_at: at, ...schedule, links };
  if (outcome === 'imported') {
    const report = run.report ?? null;
    const change = report?.schemaChange;
    return [
      event('tidetable.run.succeeded.v1', { ...common, ...loadedOf(report) }),
      ...(change === undefined
        ? []
        : [event('tidetable.table.schema-changed.v1', { ...common, schema_change: cutChange(change) })]),
    ];
  }
  return [
    event('tidetable.run.failed.v1', { ...common, failure }),
    ...(after.stopped && !before.stopped
      ? [event('tidetable.synchronization.stopped.v1', { ...common, failure })]
      : []),
    ...needsReconnecting(locked, run.failureCode ?? null, event, { ...ids, at, failure, links }),
  ];
}

/**
 * Once a day for each storage service of the account, however many of its files are met: a connection is one thing, and
 * whoever has a thousand tables on it wants to be told once.
 */
function needsReconnecting(
  { synchronization: { serviceName, failureCode } }: LockedRun,
  code: SyncErrorCode | null,
  event: (type: WebhookEventType, data: object) => WebhookEvent,
  { at, links, ...rest }: { at: string; failure: object | null; links: object },
): WebhookEvent[] {
  if (serviceName === null || !connectionCodes.has(code) || connectionCodes.has(failureCode)) return [];
  const type = 'tidetable.connection.needs-reconnecting.v1';
  const source = `/api/v1/imports/service/${serviceName}`;
  const data = { service: serviceName, noticed_at: at, ...rest, links: { ...links, connection: source } };
  return [
    { ...event(type, data), key: `${serviceName}/${at.slice(0, 10)}/${type}`, source, subject: serviceName },
  ];
}

function linksOf(synchronizationId: string, runId: string): { synchronization: string; run: string } {
  const synchronization = `/api/v2/synchronizations/${synchronizationId}`;
  return { synchronization, run: `${synchronization}/runs/${runId}` };
}

function failureOf(code: SyncErrorCode | null, detail: string | null): object | null {
  if (code === null) return null;
  const { cartoCode, title, sentence, remedy, directive } = errorCatalogue[code];
  return {
    type: `/problems/${code}`,
    code,
    carto_code: cartoCode,
    title,
    sentence,
    detail,
    remedy,
    directive,
  };
}

function loadedOf(report: ImportReport | null): object {
  if (report === null) return {};
  return {
    rows: report.rows,
    rejected_rows: report.rejectedRows ?? 0,
    geometries: report.geometries,
    columns_count: report.columns.length,
    warnings: report.warnings.slice(0, warningsListedMax),
    warnings_count: report.warnings.length,
  };
}

/** The beginning of each list, and how long each is as a whole. */
function cutChange({ added, removed, retyped }: SchemaChange): object {
  return {
    added: added.slice(0, columnsListedMax),
    removed: removed.slice(0, columnsListedMax),
    retyped: retyped.slice(0, columnsListedMax),
    added_count: added.length,
    removed_count: removed.length,
    retyped_count: retyped.length,
  };
}
