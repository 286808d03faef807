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
import { refreshIdleConnections } from './refresh-idle-connections.js';

/**
 * Looks after connections that nobody uses, at the start of the service and then on an interval: what was sealed with
 * another key is sealed with the current one, refresh tokens are used before they end for lack of use, and what is left
 * of authorizations that were not completed goes.
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

  private async sweepUntilStopped(held: Connections): Promise<void> {
    const { store, authorizations } = held;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await authorizations.removeExpired();
        const { resealed, keysInUse } = await store.resealAll(signal);
        if (resealed > 0) this.log.info({ resealed, keysInUse }, 'connections sealed with the current key');
        const missing = keysInUse.filter((id) => this.env.CONNECTION_KEYS?.keys.has(id) !== true);
        if (missing.length > 0) this.log.error({ missing }, 'connections are sealed with keys that are gone');
        const refreshed = await refreshIdleConnections(held, signal);
        if (refreshed > 0) this.log.info({ refreshed }, 'idle connections refreshed');
      } catch (error) {
        if (!signal.aborted) this.log.warn({ err: error }, 'sweep of connections will be tried again');
      }
      const restMs = this.env.CONNECTION_SWEEP_INTERVAL_MS;
      await delay(restMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
