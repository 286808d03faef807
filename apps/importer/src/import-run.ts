import {
  type Failure,
  type ImportReport,
  type RunFinishedV1,
  type RunStagedV1,
  SyncError,
  failureOf,
} from '@tidetable/contracts';
import { RunClosedError } from '@tidetable/jetstream';
import type { LoadedTable } from './load/load-table.js';
import type { OpenedTable } from './open-staged-table.js';
import type { SwapRecord } from './swap/ledger.js';

/** The named instants of the path at which a crash must be harmless. */
export type ImportCheckpoint = 'after-copy' | 'before-swap' | 'after-swap';

/** The steps of an import, as the story needs them. Each is safe to repeat. */
export interface ImportSteps {
  /**
   * Waits until no other importer works at this run, which happens when one gave no sign of life for a while and its
   * run was delivered to another; then keeps all others waiting until what it returns is called.
   */
  holdRun(run: RunStagedV1, signal: AbortSignal): Promise<() => Promise<void>>;
  findSwap(run: RunStagedV1): Promise<SwapRecord>;
  openTable(run: RunStagedV1, signal: AbortSignal): Promise<OpenedTable>;
  /** Closes the table, whatever becomes of it. */
  loadTable(run: RunStagedV1, table: OpenedTable, signal: AbortSignal): Promise<LoadedTable>;
  buildIndexes(run: RunStagedV1, loaded: LoadedTable, signal: AbortSignal): Promise<void>;
  /** False once the run was closed: it was cancelled, its synchronization was deleted, or it was given up as lost. */
  isRunOpen(run: RunStagedV1, signal: AbortSignal): Promise<boolean>;
  swapTable(run: RunStagedV1, loaded: LoadedTable, signal: AbortSignal): Promise<SwapRecord>;
  /** Keeps what was rejected, if anything was, for a run that failed. */
  keepRejectedRows(run: RunStagedV1): Promise<void>;
  publishFinished(event: RunFinishedV1): Promise<void>;
  dropStagingTable(run: RunStagedV1): Promise<void>;
  removeStagedFile(run: RunStagedV1): Promise<void>;
  checkpoint(name: ImportCheckpoint): Promise<void>;
}

/** How an import ended; `dropped` when the run was over already, so that there was nothing to tell. */
export interface ImportResult {
  outcome: 'imported' | 'failed' | 'dropped';
  /** Why it failed, as the customer is told. */
  failure?: Failure;
  /** What was imported. */
  report?: ImportReport;
}

/**
 * Turns a staged file into the table: the whole story of an import, in order. It may be cut off at any point and
 * told again from the start: the staging table is made anew, the ledger remembers the swap, and a doubled event
 * is recorded once. The staged file goes last, when the end of the run is known to the stream.
 *
 * A signal that aborts with a SyncError ends the run with it; with a RunClosedError the run has an end already, and what
 * was made of it is removed; with any other reason the import is given up for now.
 *
 * @throws what is our fault and not the file's: the event is then delivered again
 */
export async function importRun(
  run: RunStagedV1,
  steps: ImportSteps,
  signal: AbortSignal,
): Promise<ImportResult> {
  const release = await steps.holdRun(run, signal);
  try {
    return await importHeld(run, steps, signal);
  } finally {
    await release();
  }
}

async function importHeld(run: RunStagedV1, steps: ImportSteps, signal: AbortSignal): Promise<ImportResult> {
  let result: ImportResult = { outcome: 'dropped' };
  try {
    const report = await bringTableInStep(run, steps, signal);
    if (report !== null) {
      await steps.publishFinished({ ...referenceOf(run), outcome: 'imported', source: run.source, report });
      result = { outcome: 'imported', report };
    }
  } catch (error) {
    // When time is over the signal says so, whatever that broke.
    const told: unknown = signal.reason instanceof SyncError ? signal.reason : error;
    if (!(signal.reason instanceof RunClosedError)) {
      if (!(told instanceof SyncError)) throw error;
      result = { outcome: 'failed', failure: failureOf(told) };
      await steps.keepRejectedRows(run);
      await steps.publishFinished({ ...referenceOf(run), outcome: 'failed', failure: failureOf(told) });
    }
  }
  // After a swap it is the table.
  if (result.outcome !== 'imported') await steps.dropStagingTable(run);
  await steps.removeStagedFile(run);
  return result;
}

/** The report of the swap, made now or in an earlier try; `null` when the run may not change anything any more. */
async function bringTableInStep(
  run: RunStagedV1,
  steps: ImportSteps,
  signal: AbortSignal,
): Promise<ImportReport | null> {
  const earlier = await steps.findSwap(run);
  if (earlier.state === 'swapped') return earlier.report;
  if (earlier.state === 'overtaken' || !(await steps.isRunOpen(run, signal))) return null;

  const table = await steps.openTable(run, signal);
  const loaded = await steps.loadTable(run, table, signal);
  await steps.checkpoint('after-copy');
  await steps.buildIndexes(run, loaded, signal);
  await steps.checkpoint('before-swap');
  // Asked again, as late as possible: what was deleted or given up meanwhile must not change the table.
  if (!(await steps.isRunOpen(run, signal))) return null;
  const swap = await steps.swapTable(run, loaded, signal);
  await steps.checkpoint('after-swap');
  return swap.state === 'swapped' ? swap.report : null;
}

function referenceOf(
  run: RunStagedV1,
): Pick<RunFinishedV1, 'runId' | 'synchronizationId' | 'runNumber' | 'finishedAt'> {
  return {
    runId: run.runId,
    synchronizationId: run.synchronizationId,
    runNumber: run.runNumber,
    finishedAt: new Date().toISOString(),
  };
}
