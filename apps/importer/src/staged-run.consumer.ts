import { failureOf, type RunStagedV1, runStagedV1Subject, SyncError } from '@tidetable/contracts';
import { ClosedRuns, consumeEvents, type Consumption, type Delivery } from '@tidetable/jetstream';
import type { Logger } from '@tidetable/service-host';
import { importRun, type ImportResult, type ImportSteps } from './import-run.js';
import { createImportSteps, type ImportResources } from './import-steps.js';

/**
 * How often an import that we fail is tried before its run ends as failed. With the pauses between them, that double up
 * to `retryDelayFactorMax` times the first, the tries reach over several minutes: a database that fails over is back.
 */
const deliveriesMax = 12;
const retryDelayFactorMax = 60;

/** Consumes staged files and imports each; every one ends with an event that says how. */
export async function consumeStagedRuns(resources: ImportResources, logger: Logger): Promise<Consumption> {
  const { env, bus } = resources;
  const closedRuns = new ClosedRuns(bus);
  const consumption = await consumeEvents(bus, runStagedV1Subject, {
    concurrency: env.IMPORT_CONCURRENCY,
    ackWaitMs: env.ACK_WAIT_MS,
    deliveriesMax,
    retryDelayMs: (count) => env.RETRY_DELAY_MS * Math.min(2 ** (count - 1), retryDelayFactorMax),
    handle: (run, delivery) => handle(run, delivery, closedRuns, resources, logger),
    exhausted: (run) => giveUp(run, resources),
  });
  return {
    stop: async (drainMs) => {
      await consumption.stop(drainMs);
      closedRuns.stop();
    },
  };
}

/**
 * Ends a run that was tried too often: as failed, unless one of the tries did swap the table and only could not say
 * so any more.
 */
async function giveUp(run: RunStagedV1, resources: ImportResources): Promise<void> {
  const steps = createImportSteps(resources, run.fetchMs);
  const release = await steps.holdRun(run, AbortSignal.timeout(resources.env.IMPORT_TIMEOUT_MS));
  try {
    await giveUpHeld(run, steps);
  } finally {
    await release();
  }
}

async function giveUpHeld(run: RunStagedV1, steps: ImportSteps): Promise<void> {
  const swap = await steps.findSwap(run);
  const ended = {
    runId: run.runId,
    synchronizationId: run.synchronizationId,
    runNumber: run.runNumber,
    finishedAt: new Date().toISOString(),
  };
  await steps.publishFinished(
    swap.state === 'swapped'
      ? { ...ended, outcome: 'imported', source: run.source, report: swap.report }
      : { ...ended, outcome: 'failed', failure: failureOf(new SyncError('internal')) },
  );
  await steps.dropStagingTable(run);
  await steps.removeStagedFile(run);
}

async function handle(
  run: RunStagedV1,
  delivery: Delivery,
  closedRuns: ClosedRuns,
  resources: ImportResources,
  logger: Logger,
): Promise<void> {
  const startedAt = performance.now();
  const timeLimit = limitTime(resources.env.IMPORT_TIMEOUT_MS);
  const held = closedRuns.hold(run.runId, delivery.signal);
  const signal = AbortSignal.any([held.signal, timeLimit.signal]);
  const { outcome, failure } = await countRun(run, resources, () =>
    importRun(run, createImportSteps(resources, run.fetchMs), signal),
  ).finally(() => {
    timeLimit.clear();
    held.release();
  });
  logger.info(
    {
      runId: run.runId,
      synchronizationId: run.synchronizationId,
      outcome,
      ...failure,
      bytes: run.file.bytes,
      deliveryCount: delivery.count,
      durationMs: Math.round(performance.now() - startedAt),
    },
    'run imported',
  );
}

async function countRun(
  run: RunStagedV1,
  { metrics }: ImportResources,
  work: () => Promise<ImportResult>,
): Promise<ImportResult> {
  let result: ImportResult | null = null;
  metrics.runBegins();
  try {
    result = await work();
    return result;
  } finally {
    metrics.runEnds(result, run.file.bytes);
  }
}

/** A signal that ends an import which takes too long, with the code that its customer is told. */
function limitTime(timeoutMs: number): { signal: AbortSignal; clear: () => void } {
  const aborter = new AbortController();
  const timer = setTimeout(
    () =>
      aborter.abort(new SyncError('run-timed-out', `after ${Math.round(timeoutMs / 1_000)} s of importing`)),
    timeoutMs,
  );
  return { signal: aborter.signal, clear: () => clearTimeout(timer) };
}
