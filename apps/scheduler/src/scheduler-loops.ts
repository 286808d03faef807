import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { natsConnectionOptions } from '@tidetable/jetstream';
import { FetcherClient } from '@tidetable/scheduler-client';
import { DueListener } from './claim/due-listener.js';
import { announceRuns, forgetOldRows, requestDueRuns, rescueRuns } from './keep-in-step.js';
import { lostEventsAnnouncer } from './rescue/announce-again.js';
import { type SchedulerContext, schedulerContext } from './scheduler-context.js';
import { WebhookDeliverer } from './webhooks/webhook-deliverer.js';
import { askFetchers } from './webhooks/ask-fetchers.js';
import { WorkLoop } from './work-loop.js';

/** In the order in which they are begun. */
const loopNames = ['claim', 'relay', 'rescue', 'retention', 'webhooks'] as const;

/**
 * The loops of the scheduler and what wakes them: each by an interval of its own, claiming also by the database
 * when something became due, relaying also by each claim.
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
    const relay = loop('relay', () => announceRuns(context));
    const claim = loop('claim', async () => {
      const more = await requestDueRuns(context);
      relay.wake();
      return more;
    });
    const rescue = loop('rescue', async () => {
      await rescueRuns(context);
      if ((await announceLostEvents()) > 0) relay.wake();
      return false;
    });
    const retention = loop('retention', () => forgetOldRows(context));
    this.fetchers = FetcherClient.create(natsConnectionOptions(settings.NATS_URL), 'scheduler');
    this.deliverer = new WebhookDeliverer(context, askFetchers(this.fetchers, logger), () => webhooks.wake());
    const webhooks = loop('webhooks', () => this.deliverer.deliverDue());
    this.loops = { claim, relay, rescue, retention, webhooks };
    this.listener = new DueListener(settings.METADATA_DATABASE_URL, () => claim.wake(), logger);
  }

  onApplicationBootstrap(): void {
    const { settings } = this.context;
    const intervalsMs: Record<keyof typeof this.loops, number> = {
      claim: settings.CLAIM_INTERVAL_MS,
      relay: settings.RELAY_INTERVAL_MS,
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
