import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { runFinishedV1Subject, runStartedV1Subject } from '@tidetable/contracts';
import { consumeBatches, type Consumption } from '@tidetable/jetstream';
import { recordEvents } from './keep-in-step.js';
import { type SchedulerContext, schedulerContext } from './scheduler-context.js';

/** Short, since recording takes milliseconds and doing it twice harms nothing: a crash costs no more than this. */
const ackWaitMs = 5_000;
const drainMs = 10_000;
const retryMsMax = 30_000;
/** Longer than a transaction's way to the disk takes, and short beside everything that a run does. */
const gatherMs = 10;

/** Records what the workers tell: both kinds of events, together, since the start and the end of a short run then cost one. */
@Injectable()
export class RunEventsConsumer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private consumption: Consumption | undefined;

  constructor(@Inject(schedulerContext) private readonly context: SchedulerContext) {}

  async onApplicationBootstrap(): Promise<void> {
    const { bus, settings } = this.context;
    // What a worker told is recorded however long the database is away. An event that can never be recorded ends
    // with its run: the rescuer closes that at its deadline, and the event then counts as late.
    this.consumption = await consumeBatches(bus, [runStartedV1Subject, runFinishedV1Subject], {
      eventsMax: settings.RECORD_BATCH,
      gatherMs,
      concurrency: settings.RECORD_CONCURRENCY,
      ackWaitMs,
      retryDelayMs: (deliveryCount: number) => Math.min(500 * 2 ** deliveryCount, retryMsMax),
      handle: (events) => recordEvents(this.context, events),
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.consumption?.stop(drainMs);
  }
}
