import { setTimeout as delay } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { SchedulerClient } from '@tidetable/scheduler-client';
import type { Logger } from '@tidetable/service-host';
import type { StagedFileStore } from '@tidetable/staged-files';
import type { FetcherEnv } from '../fetcher.env.js';
import { environment, logger, scheduler, store } from '../fetcher.tokens.js';
import { sweepStagedFiles } from './sweep-staged-files.js';

/** Sweeps on an interval for as long as the service runs, the first time one interval after the start. */
@Injectable()
export class StagedFilesSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  constructor(
    @Inject(store) private readonly stagedFiles: StagedFileStore,
    @Inject(scheduler) private readonly schedulerClient: SchedulerClient,
    @Inject(environment) private readonly env: FetcherEnv,
    @Inject(logger) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.loop = this.sweepUntilStopped();
  }

  /** Leaves off in the middle of a round: the next one, anywhere, goes on. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async sweepUntilStopped(): Promise<void> {
    const { signal } = this.stopping;
    for (;;) {
      await delay(this.env.SWEEP_INTERVAL_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        const options = { ageMs: this.env.SWEEP_AGE_MS, now: new Date() };
        const removed = await sweepStagedFiles(this.stagedFiles, this.schedulerClient, options, signal);
        if (removed > 0) this.log.info({ removed }, 'forgotten staged files were removed');
      } catch (error) {
        if (!signal.aborted) this.log.warn({ err: error }, 'sweep failed and will be tried again');
      }
    }
  }
}
