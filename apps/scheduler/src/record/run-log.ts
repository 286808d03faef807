import { failureMessage, type ImportReport } from '@tidetable/contracts';
import type { Run, RunLogEntry, Synchronization } from '@tidetable/metadata-db';
import type { CloseReason } from './close-reason.js';
import { retriedTimesMax } from './next-run.js';
import type { RunEnding } from './run-ending.js';

/** A line of the run log: a sentence for the customer, without any cell's value. */
export type LogLine = Pick<RunLogEntry, 'at' | 'level' | 'message'>;

/** So many warnings of one run are kept. */
const warningsMax = 50;
/** So many columns are listed. */
const columnsListedMax = 100;
const messageCharactersMax = 4_000;

const requestedBy: Record<Run['trigger'], string> = {
  created: 'The first import was requested.',
  schedule: 'A refresh was requested by the schedule.',
  manual: 'A refresh was requested by hand.',
};

/** What a run did before it had a worker. */
export function linesOfRequest(run: Pick<Run, 'trigger' | 'requestedAt'>): LogLine[] {
  return [{ at: run.requestedAt, level: 'info', message: requestedBy[run.trigger] }];
}

/** What the log says when a worker holds the run. */
export function linesOfStart(now: Date): LogLine[] {
  return [{ at: now, level: 'info', message: 'A worker started the run.' }];
}

/** What the log says about the end of a run and about what comes next. */
export function linesOfEnding(
  ending: RunEnding,
  next: Pick<Synchronization, 'runAt' | 'stopped' | 'retriedTimes'>,
  now: Date,
): LogLine[] {
  const line = (level: LogLine['level'], message: string): LogLine => ({
    at: now,
    level,
    message: message.slice(0, messageCharactersMax),
  });
  switch (ending.outcome) {
    case 'unchanged':
      return [line('info', unchangedBecause[ending.unchangedBy])];
    case 'imported':
      return [
        ...sentencesOfReport(ending.report).map((sentence) => line('info', sentence)),
        ...sentencesOfWarnings(ending.report.warnings).map((sentence) => line('warning', sentence)),
      ];
    case 'failed':
      return [line('error', failureMessage(ending.failure)), line('info', whatComesNext(next))];
  }
}

const closedBecause: Record<CloseReason, string> = {
  asked: 'The refresh was cancelled on request; the table was left as it was.',
  deleted: 'The refresh was cancelled, as its synchronization was deleted.',
  'account-disabled': 'The refresh was cancelled, as the account was disabled; the table was left as it was.',
  'source-changed':
    'The refresh was cancelled, as another source was given meanwhile; the table was left as it was.',
};

/** What the log says about a run that was closed early, and about what comes next. */
export function linesOfClosing(
  reason: CloseReason,
  next: Pick<Synchronization, 'runAt' | 'stopped' | 'retriedTimes'>,
  now: Date,
): LogLine[] {
  const comesNext =
    reason === 'account-disabled'
      ? 'There will be no further attempt until the account is enabled again.'
      : whatComesNext(next);
  return [
    { at: now, level: 'warning', message: closedBecause[reason] },
    { at: now, level: 'info', message: comesNext },
  ];
}

const unchangedBecause = {
  validator: 'The source says that the file has not changed; the table was left as it is.',
  'content-hash': 'The file was fetched and is the same as before; the table was left as it is.',
};

function sentencesOfReport(report: ImportReport): string[] {
  const listed = report.columns.slice(0, columnsListedMax).map(({ name, type }) => `${name} ${type}`);
  const more = report.columns.length - listed.length;
  return [
    `${counted(report.rows, 'row was', 'rows were')} loaded into the table ${report.table}.`,
    `Columns: ${listed.join(', ')}${more > 0 ? `, and ${more} more` : ''}.`,
    ...(report.geometries === null
      ? []
      : [`${counted(report.geometries, 'row has', 'rows have')} a geometry.`]),
  ];
}

function sentencesOfWarnings(warnings: readonly string[]): string[] {
  const more = warnings.length - warningsMax;
  return [...warnings.slice(0, warningsMax), ...(more > 0 ? [`There were ${more} more warnings.`] : [])];
}

function whatComesNext(next: Pick<Synchronization, 'runAt' | 'stopped' | 'retriedTimes'>): string {
  if (!next.stopped) return `The next attempt is due at ${next.runAt.toISOString()}.`;
  return next.retriedTimes < retriedTimesMax
    ? 'There will be no further attempt until you ask for one.'
    : `After ${retriedTimesMax} failures in a row there will be no further attempt until you ask for one.`;
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
