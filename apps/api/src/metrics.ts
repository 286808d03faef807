import { type MetricsRegistry, quickSecondsBuckets } from '@tidetable/telemetry';
import { Counter, Histogram } from 'prom-client';

/** An answered request as it is counted: by its route, never by its address. */
export interface AnsweredRequest {
  readonly method: string;
  /** The pattern, e.g. `/api/v1/synchronizations/:id`. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

/** What the api counts; this file is the whole list, with units in the names. */
export interface ApiMetrics {
  requestAnswered(request: AnsweredRequest): void;
}

/** Registers the metrics of an api. No label tells of a customer. */
export function apiMetrics(registry: MetricsRegistry): ApiMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'tidetable_api_requests_total',
    help: 'Answered requests.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'tidetable_api_request_seconds',
    help: 'Seconds from a request to its answer.',
    labelNames: ['method', 'route'],
    buckets: quickSecondsBuckets,
    registers,
  });
  return {
    requestAnswered: ({ method, route, status, durationMs }) => {
      requests.inc({ method, route, status });
      seconds.observe({ method, route }, durationMs / 1_000);
    },
  };
}
