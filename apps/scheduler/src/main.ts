import { createLogger, EnvironmentError, parseEnvironment, runService } from '@tidetable/service-host';
import { schedulerEnvSchema, type SchedulerEnvironment } from './scheduler.env.js';
import { start } from './start.js';

function readEnvironment(): SchedulerEnvironment {
  try {
    return parseEnvironment(schedulerEnvSchema, process.env);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

const env = readEnvironment();
const logger = createLogger('scheduler', env.LOG_LEVEL);
await runService(logger, () => start(env, logger));
