import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { type RunRequestedV1, runRequestedV1Subject, SyncError } from '@tidetable/contracts';
import { type Bus, ClosedRuns, consumeEvents, type Consumption, type Delivery } from '@tidetable/jetstream';
import type { Logger } from '@tidetable/service-host';
import { announceFailed } from './announce-run.js';
import { fetchRun, type FetchRunPorts, type FetchRunResult } from './fetch-run.js';
import type { FetcherEnv } from './fetcher.env.js';
import { bus, environment, logger, metrics, ports } from './fetcher.tokens.js';
import type { FetcherMetrics } from './metrics.js';
import { retryDelayMs } from './retry-delay.js';
import { removeAttempts } from './sources/attempt-file.js';

/** After so many tries the run is closed: what is broken on our side does not mend by trying. */
const deliveriesMax = 12;

/** Takes requested runs from the stream for as long as the service runs. */
@Injectable()
export class RunRequestedConsumer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private consumption: Consumption | undefined;
  private closedRuns: ClosedRuns | undefined;

  constructor(
    @Inject(bus) private readonly eventBus: Bus,
    @Inject(ports) private readonly runPorts: FetchRunPorts,
    @Inject(environment) private readonly env: FetcherEnv,
    @Inject(logger) private readonly log: Logger,
    @Inject(metrics) private readonly counts: FetcherMetrics,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const closedRuns = (this.closedRuns = new ClosedRuns(this.eventBus));
    this.consumption = await consumeEvents(this.eventBus, runRequestedV1Subject, {
      concurrency: this.env.FETCH_CONCURRENCY,
      ackWaitMs: this.env.ACK_WAIT_MS,
      deliveriesMax,
      retryDelayMs: (deliveryCount) => retryDelayMs(deliveryCount, this.env.RETRY_DELAY_MS),
      handle: (event, delivery) => this.handleRequested(event, delivery, closedRuns),
      exhausted: (event) => this.closeExhausted(event),
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.consumption?.stop(this.env.DRAIN_TIMEOUT_MS);
    this.closedRuns?.stop();
  }

  private async handleRequested(
    event: RunRequestedV1,
    { count, signal }: Delivery,
    closedRuns: ClosedRuns,
  ): Promise<void> {
    const { runId, synchronizationId } = event;
    const held = closedRuns.hold(runId, signal);
    const result = await this.countRun(() =>
      fetchRun(event, this.runPorts, { count, signal: held.signal }),
    ).finally(() => held.release());
    const ids = { runId, synchronizationId, deliveryCount: count };
    this.log.info({ ...ids, ...summaryOf(result) }, 'run fetched');
  }

  private async countRun(fetch: () => Promise<FetchRunResult>): Promise<FetchRunResult> {
    let result: FetchRunResult | null = null;
    this.counts.runBegins();
    try {
      result = await fetch();
      return result;
    } finally {
      this.counts.runEnds(result);
    }
  }

  /** The run's end comes first; a file that can't be removed now is left to the sweeper. */
  private async closeExhausted(event: RunRequestedV1): Promise<void> {
    await announceFailed(event, new SyncError('internal'), this.runPorts.publish);
    const attempts = { runId: event.runId, number: deliveriesMax };
    await removeAttempts(this.runPorts.store, attempts).catch(() => undefined);
  }
}

/** What the log says about a run: numbers and codes, and no address. */
function summaryOf(result: FetchRunResult): object {
  const { outcome } = result;
  switch (outcome) {
    case 'dropped':
      return { outcome };
    case 'failed':
      return { outcome, code: result.error.code, detail: result.error.detail };
    case 'staged':
    case 'unchanged': {
      const { source, fetchMs, httpStatus } = result.fetched;
      return { outcome, bytes: source.bytes, fetchMs: Math.round(fetchMs), httpStatus };
    }
  }
}
