import { createLogger, parseEnvironmentOrExit, runService } from '@tidetable/service-host';
import { startTracing } from '@tidetable/telemetry';
import { importerEnvSchema } from './importer.env.js';
import { start } from './start.js';

const env = parseEnvironmentOrExit(importerEnvSchema, process.env);
const logger = createLogger('importer', env.LOG_LEVEL);
const tracing = await startTracing('importer', env);
await runService(logger, () => start(env, logger), { afterStop: () => tracing.stop() });
