import { setTimeout as delay } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { SchedulerClient } from '@tidetable/scheduler-client';
import type { Logger } from '@tidetable/service-host';
import type { FetcherEnv } from '../fetcher.env.js';
import { credentials, environment, logger, scheduler } from '../fetcher.tokens.js';
import type { CredentialStore } from './credential-store.js';
import { sweepCredentials } from './sweep-credentials.js';

/**
 * Seals anew what an old key has sealed, and forgets what nobody needs any more; at the start and then on an interval.
 */
@Injectable()
export class CredentialsSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  constructor(
    @Inject(credentials) private readonly store: CredentialStore | null,
    @Inject(scheduler) private readonly schedulerClient: SchedulerClient,
    @Inject(environment) private readonly env: FetcherEnv,
    @Inject(logger) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.store !== null) this.loop = this.sweepUntilStopped(this.store);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async sweepUntilStopped(store: CredentialStore): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        const resealed = await store.reseal();
        const removed = await sweepCredentials(store, this.schedulerClient, this.env.SWEEP_AGE_MS, signal);
        if (removed + resealed > 0) this.log.info({ removed, resealed }, 'credentials were swept');
      } catch (error) {
        if (!signal.aborted) this.log.warn({ err: error }, 'sweep of credentials will be tried again');
      }
      const restMs = this.env.CONNECTION_SWEEP_INTERVAL_MS;
      await delay(restMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
