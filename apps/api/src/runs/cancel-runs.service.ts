import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { CancelRunV1Reply, CancelRunV1Request } from '@tidetable/contracts';
import { type SchedulerClient, SchedulerSilentError } from '@tidetable/scheduler-client';

/** Under this token Nest injects the way to the schedulers; `null` where the api does not know the bus. */
export const schedulers = Symbol('schedulers');

/** Has runs cancelled by the schedulers, which alone say what happened to a run. */
@Injectable()
export class CancelRunsService implements OnModuleDestroy {
  constructor(@Inject(schedulers) private readonly schedulerClient: SchedulerClient | null) {}

  async onModuleDestroy(): Promise<void> {
    await this.schedulerClient?.close();
  }

  /** What became of it; `null` when no scheduler answers. May be repeated: a run is cancelled once. */
  async cancel(run: CancelRunV1Request): Promise<CancelRunV1Reply['result'] | null> {
    if (this.schedulerClient === null) return null;
    try {
      return await this.schedulerClient.cancelRun(run);
    } catch (error) {
      if (error instanceof SchedulerSilentError) return null;
      throw error;
    }
  }
}
