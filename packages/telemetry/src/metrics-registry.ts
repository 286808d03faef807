import { collectDefaultMetrics, Registry } from 'prom-client';

/** What a service counts and measures; its own metrics are in the file `metrics.ts` of each service. */
export type MetricsRegistry = Registry;

/**
 * A registry with what Prometheus knows of every process (processor time, memory, event loop, open files). A registry
 * of its own for each running service, so that two in one process do not count into each other's.
 */
export function createMetricsRegistry(): MetricsRegistry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Upper bounds in seconds for what takes from milliseconds to a minute. */
export const quickSecondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** Upper bounds in seconds for what takes from a tenth of a second to hours. */
export const longSecondsBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 10_800];
