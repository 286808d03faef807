import { setTimeout as delay } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Logger } from '@tidetable/service-host';
import type { FetcherEnv } from '../fetcher.env.js';
import { connections, environment, logger } from '../fetcher.tokens.js';
import type { Connections } from './connections.js';

/**
 * Encrypts with the current key what another one was used for, on an interval for as long as the service runs and the
 * first time at its start, and says which keys are still needed.
 */
@Injectable()
export class ConnectionsSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  constructor(
    @Inject(connections) private readonly held: Connections | null,
    @Inject(environment) private readonly env: FetcherEnv,
    @Inject(logger) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.held !== null) this.loop = this.sweepUntilStopped(this.held);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async sweepUntilStopped({ store, authorizations }: Connections): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await authorizations.removeExpired();
        const { resealed, keysInUse } = await store.resealAll(signal);
        if (resealed > 0) this.log.info({ resealed, keysInUse }, 'connections sealed with the current key');
        const missing = keysInUse.filter((id) => this.env.CONNECTION_KEYS?.keys.has(id) !== true);
        if (missing.length > 0) this.log.error({ missing }, 'connections are sealed with keys that are gone');
      } catch (error) {
        if (!signal.aborted) this.log.warn({ err: error }, 'sweep of connections will be tried again');
      }
      const restMs = this.env.CONNECTION_SWEEP_INTERVAL_MS;
      await delay(restMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
