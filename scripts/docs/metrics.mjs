import { apiMetrics } from '@tidetable/api';
import { fetcherMetrics } from '@tidetable/fetcher';
import { importerMetrics } from '@tidetable/importer';
import { schedulerMetrics } from '@tidetable/scheduler';
import { Registry } from 'prom-client';
import { generatedNote, table } from './markdown.mjs';

const services = [
  { name: 'api', register: apiMetrics },
  { name: 'scheduler', register: schedulerMetrics },
  { name: 'fetcher', register: fetcherMetrics },
  { name: 'importer', register: importerMetrics },
];

const introduction = `
# Metrics

Every service serves its metrics at \`/metrics\` of its \`HEALTH_PORT\`, in the text format of Prometheus. Besides those
below there is what Prometheus knows of every process: \`process_*\` (processor time, memory, open files) and \`nodejs_*\`
(event loop, heap). Units are in the names. No label tells of a customer, a table or a host; \`code\` is a code of
[errors.md](errors.md), or empty.

What to watch, and from where on to worry, is in the [runbooks](runbooks/).
`;

function rowsOf(register) {
  const registry = new Registry();
  register(registry);
  return registry
    .getMetricsAsArray()
    .map(({ name, type, labelNames, help }) => [
      `\`${name}\``,
      type ?? 'gauge',
      labelNames.map((label) => `\`${label}\``).join(', '),
      help,
    ]);
}

/** docs/metrics.md: the metrics of each service, from the files that register them. */
export function writeMetrics() {
  const sections = services.map(
    ({ name, register }) =>
      `## ${name}\n\n${table(['Metric', 'Kind', 'Labels', 'What it counts'], rowsOf(register))}`,
  );
  return `${generatedNote}\n${introduction}\n${sections.join('\n\n')}\n`;
}
