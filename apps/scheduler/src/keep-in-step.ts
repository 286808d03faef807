import type { RunFinishedV1, RunStartedV1 } from '@tidetable/contracts';
import { publishEvent } from '@tidetable/jetstream';
import { claimDueSynchronizations } from './claim/claim-due-synchronizations.js';
import { roomForRuns } from './claim/room-for-runs.js';
import { isOutboxFull } from './dispatch/is-outbox-full.js';
import { relayOutbox } from './dispatch/relay-outbox.js';
import { recordFinished } from './record/record-finished.js';
import { recordStarted } from './record/record-started.js';
import type { RunEnding } from './record/run-ending.js';
import { cancelRunsOfDeleted } from './rescue/cancel-runs-of-deleted.js';
import { rescueOverdueRuns } from './rescue/rescue-overdue-runs.js';
import { forgetDeletedSynchronizations, forgetOldRuns } from './rescue/forget-old-rows.js';
import type { RunReference } from './run-reference.js';
import type { SchedulerContext } from './scheduler-context.js';

/*
 * The story of the scheduler, in the order in which a run meets it. Each step is safe to repeat and safe beside
 * the same step of another scheduler; whatever dies between two of them is found again by the next round.
 *
 *   due row ──requestDueRuns──▶ run + outbox row ──announceRuns──▶ event on the bus … a worker …
 *     ▲                                                                      │
 *     └───────────────── recordStart, recordEnd ◀── started, finished ◀──────┘
 *                        rescueRuns, when nothing comes back
 */

/** Due rows become runs. Returns whether more may be due right now. */
export async function requestDueRuns(context: SchedulerContext): Promise<boolean> {
  const { database, settings, logger, metrics } = context;
  if (await isOutboxFull(database, settings.OUTBOX_MESSAGES_MAX)) {
    logger.warn(
      { outboxMessagesMax: settings.OUTBOX_MESSAGES_MAX },
      'claiming pauses while the outbox is full',
    );
    return false;
  }
  const batch = Math.min(settings.CLAIM_BATCH, await roomForRuns(database, settings.RUNS_MAX));
  if (batch <= 0) return false;
  const { claimed, held } = await claimDueSynchronizations(
    database,
    { batch, accountRunsMax: settings.ACCOUNT_RUNS_MAX },
    settings.RUN_DEADLINE_SECONDS,
  );
  if (claimed + held === 0) return false;
  metrics.claimed({ claimed, held });
  logger.debug({ claimed, held }, 'synchronizations claimed');
  await context.checkpoint('after-claim');
  return claimed + held === batch;
}

/** Outbox rows become events. Returns whether more may be waiting; throws when the stream did not take them all. */
export async function announceRuns(context: SchedulerContext): Promise<boolean> {
  const { database, bus, settings, logger, metrics } = context;
  const relayed = await relayOutbox(database, settings.RELAY_BATCH, {
    publish: ({ subject, payload }) => publishEvent(bus, subject, payload),
    afterPublished: () => context.checkpoint('after-relay'),
  });
  metrics.relayed(relayed);
  if (relayed > 0) logger.debug({ relayed }, 'events relayed');
  return relayed === settings.RELAY_BATCH;
}

/** A worker holds the run: it becomes `syncing`. */
export async function recordStart(context: SchedulerContext, event: RunStartedV1): Promise<void> {
  await recordStarted(context.database, event, context.settings.RUN_DEADLINE_SECONDS);
}

/** The run is over: its outcome and the next `run_at` are recorded, once. */
export async function recordEnd(context: SchedulerContext, event: RunFinishedV1): Promise<void> {
  const { runId, synchronizationId, runNumber } = event;
  await context.checkpoint('before-record');
  const recorded = await recordFinished(context.database, event, event);
  const ids = { synchronizationId, runId, runNumber };
  const failure = event.outcome === 'failed' ? event.failure : {};
  if (recorded === 'nothing') context.logger.debug(ids, 'end of a run that had ended ignored');
  else {
    context.metrics.runEnded(event.outcome, event.outcome === 'failed' ? event.failure.code : '');
    context.logger.info({ ...ids, outcome: event.outcome, ...failure, recorded }, 'run ended');
  }
  await context.checkpoint('after-record');
}

const lost: RunEnding = { outcome: 'failed', failure: { code: 'run-lost', detail: null } };

/**
 * Runs from which nothing more will come are closed, by the same step that records a worker's end: exactly one of
 * the two counts.
 */
export async function rescueRuns({ database, logger, metrics }: SchedulerContext): Promise<void> {
  await cancelRunsOfDeleted(database);
  const closeLostRun = async (run: RunReference): Promise<boolean> => {
    const isClosed = (await recordFinished(database, run, lost, true)) !== 'nothing';
    if (isClosed) metrics.runRescued();
    return isClosed;
  };
  await rescueOverdueRuns(database, closeLostRun, logger);
}

/** What nobody looks at any more is removed, a batch at a time. Returns whether more may be left. */
export async function forgetOldRows({ database, settings }: SchedulerContext): Promise<boolean> {
  const moreDeleted = await forgetDeletedSynchronizations(database, settings.DELETED_RETENTION_DAYS);
  const moreRuns = await forgetOldRuns(database, settings.RUN_RETENTION_DAYS);
  return moreDeleted || moreRuns;
}
