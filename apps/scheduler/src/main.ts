import { createLogger, parseEnvironmentOrExit, runService } from '@tidetable/service-host';
import { startTracing } from '@tidetable/telemetry';
import { schedulerEnvSchema } from './scheduler.env.js';
import { start } from './start.js';

const env = parseEnvironmentOrExit(schedulerEnvSchema, process.env);
const logger = createLogger('scheduler', env.LOG_LEVEL);
const tracing = await startTracing('scheduler', env);
await runService(logger, () => start(env, logger), { afterStop: () => tracing.stop() });
