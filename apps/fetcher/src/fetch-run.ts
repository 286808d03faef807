import { type RunRequestedV1, SyncError } from '@tidetable/contracts';
import type { SchedulerClient } from '@tidetable/scheduler-client';
import type { StagedFileStore } from '@tidetable/staged-files';
import {
  announceFailed,
  announceStaged,
  announceStarted,
  announceUnchanged,
  type Publish,
} from './announce-run.js';
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
  sources: SourceConnectors;
  store: StagedFileStore;
  publish: Publish;
  checkpoint: Checkpoint;
}

/** How a run went, as far as the fetcher is concerned. `dropped`: it was over before. */
export type FetchRunResult =
  | { outcome: 'dropped' }
  | { outcome: 'staged'; fetched: StagedSource }
  | { outcome: 'unchanged'; fetched: UnchangedFile }
  | { outcome: 'failed'; error: SyncError };

/**
 * Run → staged file. When this returns, the run is with the importer, has ended, or was over before.
 *
 * It may be repeated after a crash anywhere: its events carry the same message ids, and the file of the run, whose
 * key is the run's id, is replaced. A run that ends here leaves no file. A SyncError is the source's fault and
 * ends the run; anything else is ours and is thrown, so that the event is delivered again.
 */
export async function fetchRun(
  event: RunRequestedV1,
  { scheduler, sources, store, publish, checkpoint }: FetchRunPorts,
  signal: AbortSignal,
): Promise<FetchRunResult> {
  const run = await scheduler.describeRun(event.runId, signal);
  if (!run.open) {
    await store.removeKey(event.runId);
    return { outcome: 'dropped' };
  }
  await announceStarted(run, publish);
  try {
    const fetched = await fetchSource(run, sources, store, signal);
    await checkpoint('after-download');
    if (fetched.isChanged) {
      await announceStaged(run, fetched, publish);
      await checkpoint('after-stage');
      return { outcome: 'staged', fetched };
    }
    await store.removeKey(run.runId);
    await announceUnchanged(run, fetched, publish);
    return { outcome: 'unchanged', fetched };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    await store.removeKey(run.runId);
    await announceFailed(run, error, publish);
    return { outcome: 'failed', error };
  }
}
