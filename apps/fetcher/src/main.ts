import { createLogger, parseEnvironmentOrExit, runService } from '@tidetable/service-host';
import { startTracing } from '@tidetable/telemetry';
import { fetcherEnvSchema } from './fetcher.env.js';
import { start } from './start.js';

const env = parseEnvironmentOrExit(fetcherEnvSchema, process.env);
const logger = createLogger('fetcher', env.LOG_LEVEL);
const tracing = await startTracing('fetcher', env);
await runService(logger, () => start(env, logger), { afterStop: () => tracing.stop() });
