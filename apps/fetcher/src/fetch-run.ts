import { type RunDescription, type RunRequestedV1, SyncError } from '@tidetable/contracts';
import { type Delivery, RunClosedError, type TellProgress } from '@tidetable/jetstream';
import type { SchedulerClient } from '@tidetable/scheduler-client';
import type { StagedFileStore } from '@tidetable/staged-files';
import { traceStep } from '@tidetable/telemetry';
import {
  announceFailed,
  announceStaged,
  announceStarted,
  announceUnchanged,
  type Publish,
} from './announce-run.js';
import type { IsTableThere } from './ask-for-table.js';
import {
  type Attempt,
  removeAttempt,
  removeAttempts,
  removeEarlierAttempts,
} from './sources/attempt-file.js';
import {
  fetchSource,
  type SourceConnectors,
  type StagedSource,
  type UnchangedFile,
} from './sources/fetch-source.js';

/** The points between two steps of a run; a test may let the process die there. */
export type Checkpoint = (name: 'after-download' | 'after-stage') => void | Promise<void>;

/** What a run needs from the world. */
export interface FetchRunPorts {
  scheduler: Pick<SchedulerClient, 'describeRun'>;
  isTableThere: IsTableThere;
  sources: SourceConnectors;
  store: StagedFileStore;
  /** From the first request to the last byte of a file, in milliseconds. */
  downloadTimeoutMs: number;
  publish: Publish;
  /** Called with each run whose source was there: it may be watched from now on. Never fails. @default nothing */
  noteRun?: (run: RunDescription) => Promise<void>;
  /** Tells those who watch the run how it gets on. @default nobody */
  progressOf?: (run: RunDescription) => TellProgress;
  checkpoint: Checkpoint;
}

/** How a run went, as far as the fetcher is concerned. `dropped`: it was over before, or closed meanwhile. */
export type FetchRunResult =
  | { outcome: 'dropped' }
  | { outcome: 'staged'; fetched: StagedSource }
  | { outcome: 'unchanged'; fetched: UnchangedFile }
  | { outcome: 'failed'; error: SyncError };

/**
 * Run → staged file. When this returns, the run is with the importer, has ended, or was over before.
 *
 * It may be repeated after a crash anywhere: its events carry the same message ids, and every attempt has a file
 * of its own, of which one at most is ever announced; the others are removed, and so are all when the run ends
 * here. A SyncError is the source's fault and ends the run; anything else is ours and is thrown, so that the event
 * is delivered again. A signal that aborts with a RunClosedError says that the run was closed: it is dropped.
 */
export async function fetchRun(
  { runId }: RunRequestedV1,
  ports: FetchRunPorts,
  { count, signal }: Delivery,
): Promise<FetchRunResult> {
  const { scheduler } = ports;
  const attempt = { runId, number: count };
  try {
    const run = await scheduler.describeRun(runId, signal);
    if (run.open) return await fetchOpenRun(run, attempt, ports, signal);
  } catch (error) {
    if (!(signal.reason instanceof RunClosedError)) throw error;
  }
  await removeAttempts(ports.store, attempt);
  return { outcome: 'dropped' };
}

async function fetchOpenRun(
  run: RunDescription,
  attempt: Attempt,
  ports: FetchRunPorts,
  signal: AbortSignal,
): Promise<FetchRunResult> {
  const { store, publish, checkpoint } = ports;
  await announceStarted(run, publish);
  try {
    const fetched = await traceStep('fetch', { runId: run.runId }, () =>
      fetchForTable(run, attempt, ports, signal),
    );
    await ports.noteRun?.(run);
    await checkpoint('after-download');
    if (signal.reason instanceof RunClosedError) throw signal.reason;
    if (!fetched.isChanged) {
      await removeAttempts(store, attempt);
      await announceUnchanged(run, fetched, publish);
      return { outcome: 'unchanged', fetched };
    }
    const isAnnounced = await announceStaged(run, fetched, publish);
    await checkpoint('after-stage');
    if (isAnnounced) await removeEarlierAttempts(store, attempt);
    else await removeAttempt(store, attempt);
    return { outcome: 'staged', fetched };
  } catch (error) {
    // A closed run has an end already, whatever closing it broke.
    if (!(error instanceof SyncError) || signal.reason instanceof RunClosedError) throw error;
    await removeAttempts(store, attempt);
    await announceFailed(run, error, publish);
    return { outcome: 'failed', error };
  }
}

/** What the table needs of the source: the whole file also when it is unchanged and the table is gone. */
async function fetchForTable(
  run: RunDescription,
  attempt: Attempt,
  { isTableThere, sources, store, downloadTimeoutMs, progressOf }: FetchRunPorts,
  signal: AbortSignal,
): Promise<UnchangedFile | StagedSource> {
  const tell = progressOf?.(run);
  tell?.({ phase: 'fetching', bytes: 0 });
  const onBytes = (bytes: number): void => tell?.({ phase: 'fetching', bytes });
  const fetch = (isForced: boolean): Promise<UnchangedFile | StagedSource> =>
    fetchSource(run, attempt, sources, store, { downloadTimeoutMs, isForced, onBytes }, signal);
  const fetched = await fetch(false);
  return fetched.isChanged || (await isTableThere(run.synchronizationId, signal)) ? fetched : fetch(true);
}
