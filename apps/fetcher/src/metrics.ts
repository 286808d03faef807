import { longSecondsBuckets, type MetricsRegistry } from '@tidetable/telemetry';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { FetchRunResult } from './fetch-run.js';

/** What the fetcher counts; this file is the whole list, with units in the names. */
export interface FetcherMetrics {
  runBegins(): void;
  /** `null` when the run was given back, to be delivered again. */
  runEnds(result: FetchRunResult | null): void;
}

/** Registers the metrics of a fetcher. No label tells of a customer or a host. */
export function fetcherMetrics(registry: MetricsRegistry): FetcherMetrics {
  const registers = [registry];
  const runs = new Counter({
    name: 'tidetable_fetcher_runs_total',
    help: 'Runs that a fetcher has ended its part of, by outcome, and failed ones by their code. `given-back` are delivered again.',
    labelNames: ['outcome', 'code'],
    registers,
  });
  const inHand = new Gauge({
    name: 'tidetable_fetcher_runs_in_hand',
    help: 'Runs that are being fetched now.',
    registers,
  });
  const bytes = new Counter({
    name: 'tidetable_fetcher_staged_bytes_total',
    help: 'Bytes of files that were downloaded and staged.',
    registers,
  });
  const seconds = new Histogram({
    name: 'tidetable_fetcher_fetch_seconds',
    help: 'Seconds from the first request to a source until its file is staged or known to be unchanged.',
    labelNames: ['outcome'],
    buckets: longSecondsBuckets,
    registers,
  });
  return {
    runBegins: () => inHand.inc(),
    runEnds: (result) => {
      inHand.dec();
      runs.inc(labelsOf(result));
      if (result?.outcome !== 'staged' && result?.outcome !== 'unchanged') return;
      seconds.observe({ outcome: result.outcome }, result.fetched.fetchMs / 1_000);
      if (result.outcome === 'staged') bytes.inc(result.fetched.source.bytes);
    },
  };
}

function labelsOf(result: FetchRunResult | null): { outcome: string; code: string } {
  if (result === null) return { outcome: 'given-back', code: '' };
  return { outcome: result.outcome, code: result.outcome === 'failed' ? result.error.code : '' };
}
