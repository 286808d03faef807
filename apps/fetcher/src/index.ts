export { fetcherEnvSchema, type FetcherEnv } from './fetcher.env.js';
export type { Checkpoint } from './fetch-run.js';
export { start, type RunningFetcher, type StartOptions } from './start.js';
export { fetcherMetrics } from './metrics.js';
