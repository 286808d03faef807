export {
  EnvironmentError,
  parseEnvironment,
  parseEnvironmentOrExit,
  type RawEnvironment,
} from './environment.js';
export {
  readReadiness,
  startHealthServer,
  type HealthServer,
  type Readiness,
  type ReadinessCheck,
} from './health.js';
export { createLogger, logLevels, type Logger } from './logger.js';
export { nestLogger } from './nest-logger.js';
export { runService, type RunningService, type RunOptions } from './run-service.js';
