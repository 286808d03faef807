import { setTimeout as delay } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Logger } from '@tidetable/service-host';
import { logger, push } from '../fetcher.tokens.js';
import { keepChannels } from './keep-channels.js';
import type { Push } from './push.js';

/** Looks after the channels on an interval, and when there may be something to do; of all fetchers one at a time. */
@Injectable()
export class ChannelsLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  private resting = new AbortController();

  constructor(
    @Inject(push) private readonly held: Push | null,
    @Inject(logger) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const { held } = this;
    if (held === null) return;
    held.onWake(() => this.resting.abort());
    this.loop = this.keepUntilStopped(held);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async keepUntilStopped(held: Push): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.resting = new AbortController();
      const rested = AbortSignal.any([signal, this.resting.signal]);
      try {
        const kept = await held.alone(() => keepChannels(held, signal));
        if (kept !== null && kept.opened + kept.closed + kept.failed > 0)
          this.log.info({ ...kept }, 'channels of storage services were looked after');
      } catch (error) {
        if (!signal.aborted) this.log.warn({ err: error }, 'channels will be looked after again');
      }
      await delay(held.intervalMs, undefined, { signal: rested, ref: false }).catch(() => undefined);
    }
  }
}
