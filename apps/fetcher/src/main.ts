import { createLogger, EnvironmentError, parseEnvironment, runService } from '@tidetable/service-host';
import { fetcherEnvSchema } from './fetcher.env.js';
import { start } from './start.js';

try {
  const env = parseEnvironment(fetcherEnvSchema, process.env);
  const logger = createLogger('fetcher', env.LOG_LEVEL);
  await runService(logger, () => start(env, logger));
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  console.error(error.message);
  process.exit(1);
}
