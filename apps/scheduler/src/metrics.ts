import { type MetricsRegistry, quickSecondsBuckets } from '@tidetable/telemetry';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Backlog } from './read-backlog.js';

/** What the scheduler counts; this file is the whole list, with units in the names. */
export interface SchedulerMetrics {
  claimed(counts: { claimed: number; held: number }): void;
  relayed(events: number): void;
  /** `code` is why a run failed; empty for others. */
  runEnded(outcome: string, code: string): void;
  runRescued(): void;
  /** `state` is what became of the delivery, `code` why it was not taken; empty when it was. */
  webhookAttempted(state: string, code: string): void;
  loopTurned(loop: string, seconds: number, hasFailed: boolean): void;
}

/**
 * Registers the metrics of a scheduler. No label tells of a customer. `readBacklog` is asked whenever somebody reads
 * the metrics; what all schedulers share is told by each of them alike.
 */
export function schedulerMetrics(
  registry: MetricsRegistry,
  readBacklog: () => Promise<Backlog>,
): SchedulerMetrics {
  registerBacklog(registry, readBacklog);
  const registers = [registry];
  const synchronizations = new Counter({
    name: 'tidetable_scheduler_due_synchronizations_total',
    help: 'Due synchronizations that this scheduler looked at, by what became of them: claimed, or held until a run ends.',
    labelNames: ['fate'],
    registers,
  });
  const events = new Counter({
    name: 'tidetable_scheduler_relayed_events_total',
    help: 'Events that went from the outbox to the bus.',
    registers,
  });
  const runs = new Counter({
    name: 'tidetable_scheduler_runs_ended_total',
    help: 'Runs whose end was recorded, by outcome, and failed ones by their code.',
    labelNames: ['outcome', 'code'],
    registers,
  });
  const rescued = new Counter({
    name: 'tidetable_scheduler_runs_rescued_total',
    help: 'Runs that nobody ended by their deadline, and that were closed.',
    registers,
  });
  const attempts = new Counter({
    name: 'tidetable_scheduler_webhook_attempts_total',
    help: 'Attempts to deliver to a webhook, by what became of the delivery (delivered, pending, failed) and why it was not taken.',
    labelNames: ['state', 'code'],
    registers,
  });
  const loopSeconds = new Histogram({
    name: 'tidetable_scheduler_loop_seconds',
    help: 'Seconds that one turn of a loop took: clock, claim, relay, close, rescue, retention, webhooks.',
    labelNames: ['loop'],
    buckets: quickSecondsBuckets,
    registers,
  });
  const loopFailures = new Counter({
    name: 'tidetable_scheduler_loop_failures_total',
    help: 'Turns of a loop that failed and were followed by a rest.',
    labelNames: ['loop'],
    registers,
  });
  return {
    claimed: (counts) => {
      synchronizations.inc({ fate: 'claimed' }, counts.claimed);
      synchronizations.inc({ fate: 'held' }, counts.held);
    },
    relayed: (count) => events.inc(count),
    runEnded: (outcome, code) => runs.inc({ outcome, code }),
    runRescued: () => rescued.inc(),
    webhookAttempted: (state, code) => attempts.inc({ state, code }),
    loopTurned: (loop, seconds, hasFailed) => {
      loopSeconds.observe({ loop }, seconds);
      if (hasFailed) loopFailures.inc({ loop });
    },
  };
}

/** The gauges, which are read from the database together, and stay away from the answer when it is. */
function registerBacklog(registry: MetricsRegistry, readBacklog: () => Promise<Backlog>): void {
  const registers = [registry];
  const waiting = new Gauge({
    name: 'tidetable_outbox_messages',
    help: 'Events that wait to be published; counted up to 100,000. The same in every scheduler.',
    registers,
  });
  const runs = new Gauge({
    name: 'tidetable_open_runs',
    help: 'Runs that have not ended; counted up to 100,000. The same in every scheduler.',
    registers,
  });
  const held = new Gauge({
    name: 'tidetable_held_synchronizations',
    help: 'Due synchronizations that wait until a run ends, by the limits of runs in flight; counted up to 100,000. The same in every scheduler.',
    registers,
  });
  new Gauge({
    name: 'tidetable_due_age_seconds',
    help: 'How long the synchronization has been due that waits longest for being claimed, held ones aside; 0 when none is. The same in every scheduler.',
    registers,
    async collect() {
      for (const gauge of [this, waiting, runs, held]) gauge.remove();
      const backlog = await readBacklog().catch(() => null);
      if (backlog === null) return;
      this.set(backlog.dueAgeSeconds);
      waiting.set(backlog.outboxMessages);
      runs.set(backlog.openRuns);
      held.set(backlog.heldSynchronizations);
    },
  });
}
