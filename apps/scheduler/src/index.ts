export { schedulerEnvSchema, type SchedulerEnvironment } from './scheduler.env.js';
export type { SchedulerCheckpoint } from './scheduler-context.js';
export { schedulerMetrics } from './metrics.js';
export { start, type RunningScheduler, type StartOptions } from './start.js';
