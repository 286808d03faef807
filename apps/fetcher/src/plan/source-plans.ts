import { failureOf, type PlanSourceV1Reply, type PlanSourceV1Request, SyncError } from '@tidetable/contracts';
import { type Bus, ClosedRuns, RunClosedError, tellRunClosed } from '@tidetable/jetstream';
import { ImporterSilentError } from '@tidetable/scheduler-client';
import type { Logger } from '@tidetable/service-host';
import { planSource, type PlanPorts } from './plan-source.js';

/** The time that the asker gave is over. */
class PlanTimedOutError extends Error {
  override readonly name = 'PlanTimedOutError';
}

/**
 * The plans that this fetcher makes: few at a time, of one account no more than half of them, each with an end, and each
 * ended when nobody wants it any more.
 */
export class SourcePlans {
  private readonly cancelled: ClosedRuns;
  private readonly stopping = new AbortController();
  private readonly inHand = new Map<Promise<unknown>, { accountId: string }>();

  constructor(
    private readonly ports: PlanPorts & { readonly bus: Bus },
    private readonly log: Logger,
  ) {
    this.cancelled = new ClosedRuns(ports.bus);
  }

  /** Makes a plan. @throws what is our own fault */
  async plan(request: PlanSourceV1Request): Promise<PlanSourceV1Reply> {
    if (!this.hasRoom(request.accountId)) return { outcome: 'busy' };
    const planning = this.planWithin(request);
    this.inHand.set(planning, { accountId: request.accountId });
    try {
      return await planning;
    } finally {
      this.inHand.delete(planning);
    }
  }

  /** Tells all workers that nobody wants the plan any more. To them it is a run that was closed. */
  cancel(planId: string): void {
    tellRunClosed(this.ports.bus, { runId: planId, synchronizationId: planId });
  }

  /** Ends all that are in hand, and waits until their files are removed. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the fetcher stops'));
    await Promise.allSettled(this.inHand.keys());
    this.cancelled.stop();
  }

  private hasRoom(accountId: string): boolean {
    const { PLAN_CONCURRENCY: allMax } = this.ports.env;
    const own = [...this.inHand.values()].filter((plan) => plan.accountId === accountId).length;
    return this.inHand.size < allMax && own < Math.ceil(allMax / 2);
  }

  private async planWithin(request: PlanSourceV1Request): Promise<PlanSourceV1Reply> {
    const startedAt = performance.now();
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(new PlanTimedOutError()), request.timeoutMs);
    const held = this.cancelled.hold(request.planId, this.stopping.signal);
    try {
      const signal = AbortSignal.any([held.signal, deadline.signal]);
      const reply = await this.answer(request, signal);
      const { planId, accountId } = request;
      const durationMs = Math.round(performance.now() - startedAt);
      const code = reply.outcome === 'failed' ? { code: reply.failure.code } : {};
      this.log.info({ planId, accountId, outcome: reply.outcome, ...code, durationMs }, 'source planned');
      return reply;
    } finally {
      clearTimeout(timer);
      held.release();
    }
  }

  private async answer(request: PlanSourceV1Request, signal: AbortSignal): Promise<PlanSourceV1Reply> {
    try {
      return await planSource(request, this.ports, signal);
    } catch (error) {
      const { reason } = signal as { reason: unknown };
      if (reason instanceof PlanTimedOutError) return { outcome: 'timed-out' };
      if (reason instanceof RunClosedError) return { outcome: 'cancelled' };
      if (error instanceof SyncError) return { outcome: 'failed', failure: failureOf(error) };
      if (error instanceof ImporterSilentError) {
        this.log.warn({ planId: request.planId, err: error }, 'no importer makes a plan');
        return { outcome: 'importers-away' };
      }
      throw error;
    }
  }
}
