import { failureOf, type PlanFileV1Reply, type PlanFileV1Request, SyncError } from '@tidetable/contracts';
import { type Bus, ClosedRuns, RunClosedError } from '@tidetable/jetstream';
import type { Logger } from '@tidetable/service-host';
import { planFile, type PlanResources } from './plan-file.js';

/** The time that the asker gave is over. */
class PlanTimedOutError extends Error {
  override readonly name = 'PlanTimedOutError';
}

/** The plans that this importer makes: few at a time, each with an end, and each ended when nobody wants it any more. */
export class FilePlans {
  private readonly cancelled: ClosedRuns;
  private readonly stopping = new AbortController();
  private inHand = 0;

  constructor(
    private readonly resources: PlanResources & { readonly bus: Bus },
    private readonly log: Logger,
  ) {
    this.cancelled = new ClosedRuns(resources.bus);
  }

  /** Reads a file. @throws what is our own fault */
  async plan(request: PlanFileV1Request): Promise<PlanFileV1Reply> {
    if (this.inHand >= this.resources.env.PLAN_CONCURRENCY) return { outcome: 'busy' };
    this.inHand += 1;
    const startedAt = performance.now();
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(new PlanTimedOutError()), request.timeoutMs);
    const held = this.cancelled.hold(request.planId, this.stopping.signal);
    try {
      const signal = AbortSignal.any([held.signal, deadline.signal]);
      const reply = await this.answer(request, signal);
      const { planId, file } = request;
      const durationMs = Math.round(performance.now() - startedAt);
      this.log.info({ planId, outcome: reply.outcome, bytes: file.bytes, durationMs }, 'file planned');
      return reply;
    } finally {
      clearTimeout(timer);
      held.release();
      this.inHand -= 1;
    }
  }

  /** Ends all that are in hand. */
  stop(): void {
    this.stopping.abort(new Error('the importer stops'));
    this.cancelled.stop();
  }

  private async answer(request: PlanFileV1Request, signal: AbortSignal): Promise<PlanFileV1Reply> {
    try {
      return { outcome: 'planned', plan: await planFile(request, this.resources, signal) };
    } catch (error) {
      const { reason } = signal as { reason: unknown };
      if (reason instanceof PlanTimedOutError) return { outcome: 'timed-out' };
      if (reason instanceof RunClosedError) return { outcome: 'cancelled' };
      if (error instanceof SyncError) return { outcome: 'failed', failure: failureOf(error) };
      throw error;
    }
  }
}
