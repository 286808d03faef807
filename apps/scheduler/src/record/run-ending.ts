import {
  errorCatalogue,
  nextSynchronizationState,
  type Failure,
  type ImportReport,
  type SourceVersion,
} from '@tidetable/contracts';
import type { Run, Synchronization } from '@tidetable/metadata-db';
import { type NextRun, nextRun, nextRunAfterPush, scheduleOf, spreadOf } from './next-run.js';

/** How a run ended: what a `sync.run.finished.v1` says, or what the rescuer decides. */
export type RunEnding =
  | { outcome: 'unchanged'; unchangedBy: 'validator' | 'content-hash'; source: SourceVersion }
  | { outcome: 'imported'; source: SourceVersion; report: ImportReport }
  | { outcome: 'failed'; failure: Failure };

/** The columns of a run that its end sets. */
export function runAfter(ending: RunEnding, now: Date): Partial<Run> {
  const ended = { outcome: ending.outcome, finishedAt: now };
  if (ending.outcome === 'failed') {
    return { ...ended, failureCode: ending.failure.code, failureDetail: ending.failure.detail };
  }
  const source = { sourceSha256: ending.source.sha256, sourceBytes: String(ending.source.bytes) };
  return ending.outcome === 'imported'
    ? { ...ended, ...source, report: ending.report }
    : { ...ended, ...source, unchangedBy: ending.unchangedBy };
}

/** What of a synchronization decides about what follows a run. */
export type ScheduledSynchronization = Pick<
  Synchronization,
  | 'id'
  | 'state'
  | 'intervalSeconds'
  | 'cron'
  | 'timeZone'
  | 'retriedTimes'
  | 'soonTries'
  | 'pushedAt'
  | 'sourceChangedAt'
>;

/**
 * The columns of a synchronization that the end of its run sets, from the row as it is now: an interval that
 * changed during the run counts. Only columns that the scheduler writes are among them.
 *
 * @throws when the state machine knows no such end in this state, which an open run rules out.
 */
export function synchronizationAfter(
  synchronization: ScheduledSynchronization,
  run: Pick<Run, 'requestedAt' | 'runNumber'>,
  ending: RunEnding,
  now: Date,
): Partial<Synchronization> & NextRun {
  const failed = ending.outcome === 'failed';
  const state = nextSynchronizationState(synchronization.state, failed ? 'failed' : 'succeeded');
  if (state === null) throw new Error(`a run ended while its synchronization was ${synchronization.state}`);
  const { id, retriedTimes, soonTries } = synchronization;
  const failure = failed
    ? {
        directive: errorCatalogue[ending.failure.code].directive,
        retryAfterSeconds: ending.failure.retryAfterSeconds,
      }
    : null;
  const spread = spreadOf(id, run.runNumber);
  const next = nextRun({ ...scheduleOf(synchronization), failure, retriedTimes, soonTries, spread, now });
  const scheduled = {
    state,
    attemptedAt: now,
    ...nextRunAfterPush(next, isOvertaken(synchronization, run), now),
  };
  if (failed) return { ...scheduled, failureCode: ending.failure.code, failureDetail: ending.failure.detail };
  const succeeded = { ...scheduled, ranAt: now, failureCode: null, failureDetail: null };
  return ending.outcome === 'unchanged'
    ? { ...succeeded, ...refreshedValidators(ending.source) }
    : { ...succeeded, ...importedVersion(ending.source, ending.report, run.requestedAt), updatedAt: now };
}

/** Whether something happened after the run was requested that it may know nothing of: another one follows soon. */
function isOvertaken(
  { pushedAt, sourceChangedAt }: Pick<Synchronization, 'pushedAt' | 'sourceChangedAt'>,
  { requestedAt }: Pick<Run, 'requestedAt'>,
): boolean {
  return [pushedAt, sourceChangedAt].some((at) => at !== null && at > requestedAt);
}

/** What the source sends anew is kept for the next question; what it leaves out this time stays known. */
function refreshedValidators(source: SourceVersion): Partial<Synchronization> {
  return {
    ...(source.etag === null ? {} : { sourceEtag: source.etag }),
    ...(source.lastModified === null ? {} : { sourceLastModified: source.lastModified }),
    ...(source.validation === undefined ? {} : { sourceValidation: source.validation }),
    ...(source.revision === undefined ? {} : { sourceRevision: source.revision }),
  };
}

/** New content has exactly the validators it came with: older ones would describe another version. */
function importedVersion(
  source: SourceVersion,
  report: ImportReport,
  requestedAt: Date,
): Partial<Synchronization> {
  return {
    name: report.table,
    tableRows: String(report.rows),
    tableBytes: report.tableBytes === undefined ? null : String(report.tableBytes),
    sourceEtag: source.etag,
    sourceLastModified: source.lastModified,
    sourceRevision: source.revision ?? null,
    sourceSha256: source.sha256,
    sourceBytes: String(source.bytes),
    sourceValidation: source.validation ?? null,
    importedAt: requestedAt,
  };
}
