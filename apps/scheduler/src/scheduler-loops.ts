import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { runsToCloseChannel, synchronizationDueChannel } from '@tidetable/metadata-db';
import { natsConnectionOptions } from '@tidetable/jetstream';
import { FetcherClient } from '@tidetable/scheduler-client';
import { DueListener } from './claim/due-listener.js';
import { ClockWatch } from './clock/clock-watch.js';
import { moveSchedules } from './clock/move-schedules.js';
import { announceRuns, closeRuns, forgetOldRows, requestDueRuns, rescueRuns } from './keep-in-step.js';
import { lostEventsAnnouncer } from './rescue/announce-again.js';
import { type SchedulerContext, schedulerContext } from './scheduler-context.js';
import { WebhookDeliverer } from './webhooks/webhook-deliverer.js';
import { askFetchers } from './webhooks/ask-fetchers.js';
import { WorkLoop } from './work-loop.js';

/** In the order in which they are begun. */
const loopNames = ['clock', 'claim', 'relay', 'close', 'rescue', 'retention', 'webhooks'] as const;

/**
 * The loops of the scheduler and what wakes them: each by an interval of its own, claiming and closing also by the
 * database when something became due or must not go on, relaying also by each claim. After a step of the clock nothing is
 * taken for due, or for overdue, before schedules have been moved.
 */
@Injectable()
export class SchedulerLoops implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loops: Record<(typeof loopNames)[number], WorkLoop>;
  private readonly deliverer: WebhookDeliverer;
  private readonly fetchers: FetcherClient;
  private readonly listener: DueListener;

  constructor(
    @Inject(schedulerContext) private readonly context: SchedulerContext,
    @Inject(SchedulerRegistry) private readonly intervals: SchedulerRegistry,
  ) {
    const { database, bus, logger, settings, metrics } = context;
    const announceLostEvents = lostEventsAnnouncer(database, bus, logger);
    const loop = (name: string, work: () => Promise<boolean>): WorkLoop =>
      new WorkLoop(name, work, logger, (...turn) => metrics.loopTurned(...turn));
    const watch = new ClockWatch(database, logger);
    const clock = loop('clock', async () => !(await watch.isSteady()) && (await moveSchedules(database)));
    const isSteady = async (): Promise<boolean> => {
      const steady = await watch.isSteady();
      if (!steady) clock.wake();
      return steady;
    };
    const relay = loop('relay', () => announceRuns(context));
    const claim = loop('claim', async () => {
      if (!(await isSteady())) return false;
      const more = await requestDueRuns(context);
      relay.wake();
      return more;
    });
    const close = loop('close', () => closeRuns(context));
    const rescue = loop('rescue', async () => {
      if (!(await isSteady())) return false;
      await rescueRuns(context);
      if ((await announceLostEvents()) > 0) relay.wake();
      return false;
    });
    const retention = loop('retention', () => forgetOldRows(context));
    this.fetchers = FetcherClient.create(natsConnectionOptions(settings.NATS_URL), 'scheduler');
    this.deliverer = new WebhookDeliverer(context, askFetchers(this.fetchers, logger), () => webhooks.wake());
    const webhooks = loop('webhooks', () => this.deliverer.deliverDue());
    this.loops = { clock, claim, relay, close, rescue, retention, webhooks };
    const onChannel = {
      [synchronizationDueChannel]: () => claim.wake(),
      [runsToCloseChannel]: () => close.wake(),
    };
    this.listener = new DueListener(settings.METADATA_DATABASE_URL, onChannel, logger);
  }

  onApplicationBootstrap(): void {
    const { settings } = this.context;
    const intervalsMs: Record<keyof typeof this.loops, number> = {
      clock: settings.RESCUE_INTERVAL_MS,
      claim: settings.CLAIM_INTERVAL_MS,
      relay: settings.RELAY_INTERVAL_MS,
      close: settings.RESCUE_INTERVAL_MS,
      rescue: settings.RESCUE_INTERVAL_MS,
      retention: settings.RETENTION_INTERVAL_MS,
      webhooks: settings.WEBHOOK_INTERVAL_MS,
    };
    for (const name of loopNames) {
      this.loops[name].wake();
      this.intervals.addInterval(
        name,
        setInterval(() => this.loops[name].wake(), intervalsMs[name]),
      );
    }
    this.listener.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const name of this.intervals.getIntervals()) this.intervals.deleteInterval(name);
    await this.listener.stop();
    await Promise.all(Object.values(this.loops).map((loop) => loop.stop()));
    await this.deliverer.drain();
    await this.fetchers.close();
  }
}
