import {
  type CancelRunV1Reply,
  type CancelRunV1Request,
  runFinishedV1Subject,
  runRequestedV1Subject,
} from '@tidetable/contracts';
import { publishEvents, tellFeed, tellRunClosed } from '@tidetable/jetstream';
import { cancelRun } from './answer/cancel-run.js';
import { claimDueSynchronizations } from './claim/claim-due-synchronizations.js';
import { roomForRuns } from './claim/room-for-runs.js';
import { findRunsToClose, runsToCloseMax } from './close/find-runs-to-close.js';
import { tellOfDue } from './close/tell-of-due.js';
import { isOutboxFull } from './dispatch/is-outbox-full.js';
import { relayOutbox } from './dispatch/relay-outbox.js';
import type { Recorded } from './record/decide-run.js';
import { newsOf, type WorkerEvent } from './record/news-of-event.js';
import { recordApart } from './record/record-apart.js';
import type { OnChanged } from './record/record-news.js';
import { recordFinished } from './record/record-finished.js';
import type { RunEnding } from './record/run-ending.js';
import { rescueOverdueRuns } from './rescue/rescue-overdue-runs.js';
import {
  forgetAuditEntries,
  forgetDeletedSynchronizations,
  forgetOldRuns,
} from './rescue/forget-old-rows.js';
import { forgetRunsBeyond } from './rescue/forget-runs-beyond.js';
import type { RunReference } from './run-reference.js';
import type { SchedulerContext } from './scheduler-context.js';
import { forgetWebhooks } from './webhooks/forget-webhooks.js';

/*
 * The story of the scheduler, in the order in which a run meets it. Each step is safe to repeat and safe beside
 * the same step of another scheduler; whatever dies between two of them is found again by the next round.
 *
 *   due row ──requestDueRuns──▶ run + outbox row ──announceRuns──▶ event on the bus … a worker …
 *     ▲                                                                      │
 *     └──────────────────────── recordEvents ◀── started, finished ◀─────────┘
 *                        rescueRuns, when nothing comes back
 *                        closeRuns, when it must not go on
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
  const { claimed, held, asked } = await claimDueSynchronizations(
    database,
    { batch, accountRunsMax: settings.ACCOUNT_RUNS_MAX, hostRunsMax: settings.HOST_RUNS_MAX },
    settings.RUN_DEADLINE_SECONDS,
  );
  if (claimed + held === 0) return false;
  tellWatchers(context)(asked);
  metrics.claimed({ claimed, held });
  logger.debug({ claimed, held }, 'synchronizations claimed');
  await context.checkpoint('after-claim');
  return claimed === batch || held > 0;
}

/** Outbox rows become events. Returns whether more may be waiting; throws when the stream did not take them all. */
export async function announceRuns(context: SchedulerContext): Promise<boolean> {
  const { database, bus, settings, logger, metrics } = context;
  const relayed = await relayOutbox(database, settings.RELAY_BATCH, {
    publish: (payloads) => publishEvents(bus, runRequestedV1Subject, payloads),
    afterPublished: () => context.checkpoint('after-relay'),
  });
  metrics.relayed(relayed);
  if (relayed > 0) logger.debug({ relayed }, 'events relayed');
  return relayed === settings.RELAY_BATCH;
}

/**
 * What workers tell is recorded, many events at once: a run is held and becomes `syncing`, or it is over, and then its
 * outcome and the next `run_at` are recorded, once. Answers for each event, in order, what kept it from that, or `null`.
 */
export async function recordEvents(
  context: SchedulerContext,
  events: readonly WorkerEvent[],
): Promise<readonly (Error | null)[]> {
  const { database, settings } = context;
  const hasEnds = events.some(({ subject }) => subject === runFinishedV1Subject);
  if (hasEnds) await context.checkpoint('before-record');
  const all = events.map((event) => newsOf(event, settings.RUN_DEADLINE_SECONDS));
  const results = await recordApart(database, all, tellWatchers(context));
  events.forEach((event, at) => tellEnd(context, event, results[at]));
  if (hasEnds) await context.checkpoint('after-record');
  return results.map((recorded) => (recorded instanceof Error ? recorded : null));
}

/** Those who watch hear of it once it is there to be read. */
function tellWatchers({ bus }: SchedulerContext): OnChanged {
  return (changed) => changed.forEach((each) => tellFeed(bus, each, { kind: 'state' }));
}

function tellEnd(
  { logger, metrics }: SchedulerContext,
  { subject, event }: WorkerEvent,
  recorded: Recorded | Error | undefined,
): void {
  if (subject !== runFinishedV1Subject || recorded === undefined || recorded instanceof Error) return;
  const { runId, synchronizationId, runNumber, outcome } = event;
  const ids = { synchronizationId, runId, runNumber };
  const failure = outcome === 'failed' ? event.failure : {};
  if (recorded === 'nothing') logger.debug(ids, 'end of a run that had ended ignored');
  else {
    metrics.runEnded(outcome, outcome === 'failed' ? event.failure.code : '');
    logger.info({ ...ids, outcome, ...failure, recorded }, 'run ended');
  }
}

const lost: RunEnding = { outcome: 'failed', failure: { code: 'run-lost', detail: null } };

/**
 * Runs from which nothing more will come are closed, by the same step that records a worker's end: exactly one of
 * the two counts. Should its worker live all the same, it is told.
 */
export async function rescueRuns(context: SchedulerContext): Promise<void> {
  const { database, bus, logger, metrics } = context;
  const closeLostRun = async (run: RunReference): Promise<boolean> => {
    const isClosed = (await recordFinished(database, run, lost, true, tellWatchers(context))) !== 'nothing';
    if (!isClosed) return false;
    metrics.runRescued();
    tellRunClosed(bus, run);
    return true;
  };
  await rescueOverdueRuns(database, closeLostRun, logger);
}

/**
 * Runs that must not go on are closed, by that step as well, and all workers told so that the one which holds it stops: the
 * synchronization was deleted, its account disabled, its source replaced. Returns whether there may be more of them.
 */
export async function closeRuns(context: SchedulerContext): Promise<boolean> {
  const { database, bus, logger, metrics } = context;
  const runs = await findRunsToClose(database);
  const news = runs.map(({ isAccountActive, ...run }) => {
    return { ...run, news: { kind: 'closed', asked: false, isAccountActive } as const };
  });
  const results = await recordApart(database, news, tellWatchers(context));
  const closed = news.filter((_, at) => results[at] === 'cancelled');
  for (const { runId, synchronizationId } of closed) {
    tellRunClosed(bus, { runId, synchronizationId });
    metrics.runEnded('cancelled', '');
    logger.info({ runId, synchronizationId }, 'run closed that must not go on');
  }
  if (closed.length > 0) await tellOfDue(database);
  return runs.length === runsToCloseMax && closed.length > 0;
}

/** A run is closed for whoever asks and owns it, and all workers told, also when it was closed before: they may not know. */
export async function cancelOnRequest(
  context: SchedulerContext,
  request: CancelRunV1Request,
): Promise<CancelRunV1Reply['result']> {
  const { database, bus, logger, metrics } = context;
  const result = await cancelRun(database, request, async (run, isAccountActive) => {
    const news = { kind: 'closed', asked: true, isAccountActive } as const;
    const [recorded] = await recordApart(database, [{ ...run, news }], tellWatchers(context));
    if (recorded instanceof Error) throw recorded;
    if (recorded !== 'cancelled') return false;
    metrics.runEnded('cancelled', '');
    logger.info({ ...run }, 'run cancelled on request');
    return true;
  });
  if (result === 'cancelled') tellRunClosed(bus, request);
  return result;
}

/** What nobody looks at any more is removed, a batch at a time. Returns whether more may be left. */
export async function forgetOldRows({ database, settings }: SchedulerContext): Promise<boolean> {
  const moreDeleted = await forgetDeletedSynchronizations(database, settings.DELETED_RETENTION_DAYS);
  const moreRuns = await forgetOldRuns(database, settings.RUN_RETENTION_DAYS);
  // Twice the time between two rounds, so that a round that came late leaves nothing out.
  const withinSeconds = (2 * settings.RETENTION_INTERVAL_MS) / 1_000;
  const moreBeyond = await forgetRunsBeyond(database, settings.RUNS_KEPT_MAX, withinSeconds);
  const moreWebhooks = await forgetWebhooks(database, settings.WEBHOOK_RETENTION_DAYS);
  const moreEntries = await forgetAuditEntries(database, settings.AUDIT_RETENTION_DAYS);
  return moreDeleted || moreRuns || moreBeyond || moreWebhooks || moreEntries;
}
