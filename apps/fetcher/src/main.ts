import { createLogger, parseEnvironmentOrExit, runService } from '@tidetable/service-host';
import { fetcherEnvSchema } from './fetcher.env.js';
import { start } from './start.js';

const env = parseEnvironmentOrExit(fetcherEnvSchema, process.env);
const logger = createLogger('fetcher', env.LOG_LEVEL);
await runService(logger, () => start(env, logger));
