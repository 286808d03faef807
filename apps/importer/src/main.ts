import { createLogger, EnvironmentError, parseEnvironment, runService } from '@tidetable/service-host';
import { importerEnvSchema } from './importer.env.js';
import { start } from './start.js';

try {
  const env = parseEnvironment(importerEnvSchema, process.env);
  const logger = createLogger('importer', env.LOG_LEVEL);
  await runService(logger, () => start(env, logger));
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  console.error(error.message);
  process.exit(1);
}
