import { longSecondsBuckets, type MetricsRegistry } from '@tidetable/telemetry';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { ImportResult } from './import-run.js';

/** What the importer counts; this file is the whole list, with units in the names. */
export interface ImporterMetrics {
  runBegins(): void;
  /** `null` when the run was given back, to be delivered again. */
  runEnds(result: ImportResult | null, fileBytes: number): void;
}

/** Registers the metrics of an importer. No label tells of a customer or a table. */
export function importerMetrics(registry: MetricsRegistry): ImporterMetrics {
  const registers = [registry];
  const runs = new Counter({
    name: 'tidetable_importer_runs_total',
    help: 'Runs that an importer has ended, by outcome, and failed ones by their code. `given-back` are delivered again.',
    labelNames: ['outcome', 'code'],
    registers,
  });
  const inHand = new Gauge({
    name: 'tidetable_importer_runs_in_hand',
    help: 'Runs that are being imported now.',
    registers,
  });
  const bytes = new Counter({
    name: 'tidetable_importer_file_bytes_total',
    help: 'Bytes of staged files that became tables.',
    registers,
  });
  const rows = new Counter({
    name: 'tidetable_importer_rows_total',
    help: 'Rows of files, by what became of them: loaded, or rejected.',
    labelNames: ['fate'],
    registers,
  });
  const seconds = new Histogram({
    name: 'tidetable_importer_step_seconds',
    help: 'Seconds that the steps of successful imports took: load, index, swap.',
    labelNames: ['step'],
    buckets: longSecondsBuckets,
    registers,
  });
  return {
    runBegins: () => inHand.inc(),
    runEnds: (result, fileBytes) => {
      inHand.dec();
      runs.inc({ outcome: result?.outcome ?? 'given-back', code: result?.failure?.code ?? '' });
      if (result?.report === undefined) return;
      const { report } = result;
      bytes.inc(fileBytes);
      rows.inc({ fate: 'loaded' }, report.rows);
      rows.inc({ fate: 'rejected' }, report.rejectedRows ?? 0);
      for (const step of ['load', 'index', 'swap'] as const) {
        seconds.observe({ step }, report[`${step}Ms`] / 1_000);
      }
    },
  };
}
