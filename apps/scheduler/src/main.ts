import { createLogger, parseEnvironmentOrExit, runService } from '@tidetable/service-host';
import { schedulerEnvSchema } from './scheduler.env.js';
import { start } from './start.js';

const env = parseEnvironmentOrExit(schedulerEnvSchema, process.env);
const logger = createLogger('scheduler', env.LOG_LEVEL);
await runService(logger, () => start(env, logger));
