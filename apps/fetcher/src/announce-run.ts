import {
  failureOf,
  type RunDescription,
  type RunEvent,
  type RunEventSubject,
  runFinishedV1Subject,
  type RunRequestedV1,
  runStagedV1Subject,
  runStartedV1Subject,
  type SyncError,
} from '@tidetable/contracts';
import type { StagedSource, UnchangedFile } from './sources/fetch-source.js';

/**
 * Publishes an event and returns once the stream holds it; doing so again with the same run changes nothing.
 * Tells whether it was this call that brought it there.
 */
export type Publish = <S extends RunEventSubject>(subject: S, event: RunEvent<S>) => Promise<boolean>;

type RunIds = Pick<RunRequestedV1, 'runId' | 'synchronizationId' | 'runNumber'>;

/** A worker holds the run. */
export async function announceStarted(run: RunIds, publish: Publish): Promise<void> {
  await publish(runStartedV1Subject, { ...idsOf(run), startedAt: now() });
}

/** The whole file is at rest: the importer's turn. False when another file was announced for this run before. */
export async function announceStaged(
  run: RunDescription,
  staged: StagedSource,
  publish: Publish,
): Promise<boolean> {
  const { accountId, destination, options } = run;
  const { file, fileName, mediaType, source, fetchMs } = staged;
  return publish(runStagedV1Subject, {
    ...idsOf(run),
    ...(accountId === undefined ? {} : { accountId }),
    ...{ file, fileName, mediaType, source, destination, options, fetchMs },
    stagedAt: now(),
  });
}

/** The run has ended: the table holds what the source holds. */
export async function announceUnchanged(
  run: RunIds,
  unchanged: UnchangedFile,
  publish: Publish,
): Promise<void> {
  const { unchangedBy, source } = unchanged;
  await publish(runFinishedV1Subject, {
    ...idsOf(run),
    ...{ outcome: 'unchanged', unchangedBy, source },
    finishedAt: now(),
  });
}

/** The run has ended with a reason. */
export async function announceFailed(run: RunIds, error: SyncError, publish: Publish): Promise<void> {
  await publish(runFinishedV1Subject, {
    ...idsOf(run),
    ...{ outcome: 'failed', failure: failureOf(error) },
    finishedAt: now(),
  });
}

function idsOf({ runId, synchronizationId, runNumber }: RunIds): RunIds {
  return { runId, synchronizationId, runNumber };
}

function now(): string {
  return new Date().toISOString();
}
