import type { Bus } from '@tidetable/jetstream';
import type { Logger } from '@tidetable/service-host';
import type { DataSource } from 'typeorm';
import type { SchedulerMetrics } from './metrics.js';
import type { SchedulerEnvironment } from './scheduler.env.js';

/** The arrows of the scheduler's path at which a test may end the process. */
export type SchedulerCheckpoint =
  /** Claimed and committed; no event has been published. */
  | 'after-claim'
  /** The stream holds the events; the outbox still does, too. */
  | 'after-relay'
  /** The end of a run has arrived; nothing is recorded. */
  | 'before-record'
  /** The end of a run is recorded; its event is not acknowledged. */
  | 'after-record'
  /** A webhook's server has answered, or has not; nothing is recorded. */
  | 'after-delivery';

/** What every step of the scheduler works with. */
export interface SchedulerContext {
  readonly database: DataSource;
  readonly bus: Bus;
  readonly logger: Logger;
  readonly metrics: SchedulerMetrics;
  readonly settings: SchedulerEnvironment;
  /** Does nothing in production. */
  readonly checkpoint: (name: SchedulerCheckpoint) => Promise<void>;
}

/** Under which Nest hands it out. */
export const schedulerContext = Symbol('scheduler context');
