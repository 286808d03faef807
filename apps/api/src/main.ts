import { createLogger, parseEnvironmentOrExit, runService } from '@tidetable/service-host';
import { apiEnvSchema } from './api.env.js';
import { start } from './start.js';

const env = parseEnvironmentOrExit(apiEnvSchema, process.env);
const logger = createLogger('api', env.LOG_LEVEL);
await runService(logger, () => start(env, logger));
