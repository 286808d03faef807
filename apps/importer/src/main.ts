import { createLogger, parseEnvironmentOrExit, runService } from '@tidetable/service-host';
import { importerEnvSchema } from './importer.env.js';
import { start } from './start.js';

const env = parseEnvironmentOrExit(importerEnvSchema, process.env);
const logger = createLogger('importer', env.LOG_LEVEL);
await runService(logger, () => start(env, logger));
