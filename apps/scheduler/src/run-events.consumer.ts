import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { runFinishedV1Subject, runStartedV1Subject } from '@tidetable/contracts';
import { consumeEvents, type Consumption } from '@tidetable/jetstream';
import { recordEnd, recordStart } from './keep-in-step.js';
import { type SchedulerContext, schedulerContext } from './scheduler-context.js';

/** Short, since recording takes milliseconds and doing it twice harms nothing: a crash costs no more than this. */
const ackWaitMs = 5_000;
const drainMs = 10_000;
const retryMsMax = 30_000;

/** Records what the workers tell: both kinds of events, as they come. */
@Injectable()
export class RunEventsConsumer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private consumptions: Consumption[] = [];

  constructor(@Inject(schedulerContext) private readonly context: SchedulerContext) {}

  async onApplicationBootstrap(): Promise<void> {
    const { bus, settings } = this.context;
    const options = {
      concurrency: settings.RECORD_CONCURRENCY,
      ackWaitMs,
      retryDelayMs: (deliveryCount: number) => Math.min(500 * 2 ** deliveryCount, retryMsMax),
      // What a worker told is recorded however long the database is away. An event that can never be recorded
      // ends with its run: the rescuer closes that at its deadline, and the event then counts as late.
      deliveriesMax: Number.POSITIVE_INFINITY,
      exhausted: () => Promise.resolve(),
    };
    this.consumptions = await Promise.all([
      consumeEvents(bus, runStartedV1Subject, {
        ...options,
        handle: (event) => recordStart(this.context, event),
      }),
      consumeEvents(bus, runFinishedV1Subject, {
        ...options,
        handle: (event) => recordEnd(this.context, event),
      }),
    ]);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.consumptions.map((consumption) => consumption.stop(drainMs)));
  }
}
