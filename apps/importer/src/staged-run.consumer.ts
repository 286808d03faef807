import {
  failureOf,
  runFinishedV1Subject,
  type RunStagedV1,
  runStagedV1Subject,
  SyncError,
} from '@tidetable/contracts';
import { consumeEvents, type Consumption, type Delivery, publishEvent } from '@tidetable/jetstream';
import type { Logger } from '@tidetable/service-host';
import { importRun } from './import-run.js';
import { createImportSteps, type ImportResources } from './import-steps.js';

/** How often an import that we fail is tried before its run ends as failed. */
const deliveriesMax = 5;
const retryDelayMsMax = 60_000;

/** Consumes staged files and imports each; every one ends with an event that says how. */
export async function consumeStagedRuns(resources: ImportResources, logger: Logger): Promise<Consumption> {
  const { env, bus } = resources;
  return consumeEvents(bus, runStagedV1Subject, {
    concurrency: env.IMPORT_CONCURRENCY,
    ackWaitMs: env.ACK_WAIT_MS,
    deliveriesMax,
    retryDelayMs: (count) => Math.min(env.RETRY_DELAY_MS * 2 ** (count - 1), retryDelayMsMax),
    handle: (run, delivery) => handle(run, delivery, resources, logger),
    exhausted: async (run, error) => {
      await publishEvent(bus, runFinishedV1Subject, {
        runId: run.runId,
        synchronizationId: run.synchronizationId,
        runNumber: run.runNumber,
        finishedAt: new Date().toISOString(),
        outcome: 'failed',
        failure: failureOf(new SyncError('internal', undefined, { cause: error })),
      });
      const steps = createImportSteps(resources, run.fetchMs);
      await steps.dropStagingTable(run);
      await steps.removeStagedFile(run);
    },
  });
}

async function handle(
  run: RunStagedV1,
  delivery: Delivery,
  resources: ImportResources,
  logger: Logger,
): Promise<void> {
  const startedAt = performance.now();
  const outcome = await importRun(run, createImportSteps(resources, run.fetchMs), delivery.signal);
  logger.info(
    {
      runId: run.runId,
      synchronizationId: run.synchronizationId,
      outcome,
      bytes: run.file.bytes,
      deliveryCount: delivery.count,
      durationMs: Math.round(performance.now() - startedAt),
    },
    'run imported',
  );
}
