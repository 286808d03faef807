import { createLogger, EnvironmentError, runService } from '@tidetable/service-host';
import { parseApiEnvironment } from './api.env.js';
import { start } from './start.js';

try {
  const environment = parseApiEnvironment(process.env);
  const logger = createLogger('api', environment.LOG_LEVEL);
  await runService(logger, () => start(environment, logger));
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  console.error(error.message);
  process.exit(1);
}
