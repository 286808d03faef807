import { createLogger, parseEnvironmentOrExit, runService } from '@tidetable/service-host';
import { startTracing } from '@tidetable/telemetry';
import { apiEnvSchema } from './api.env.js';
import { start } from './start.js';

const env = parseEnvironmentOrExit(apiEnvSchema, process.env);
const logger = createLogger('api', env.LOG_LEVEL);
const tracing = await startTracing('api', env);
await runService(logger, () => start(env, logger), { afterStop: () => tracing.stop() });
