export { importerEnvSchema, type ImporterEnv } from './importer.env.js';
export type { ImportCheckpoint } from './import-run.js';
export { start, type ImporterOptions } from './start.js';
export { importerMetrics } from './metrics.js';
