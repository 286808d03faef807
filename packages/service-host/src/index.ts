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
export {
  createMetricsRegistry,
  longSecondsBuckets,
  type MetricsRegistry,
  quickSecondsBuckets,
} from './telemetry/metrics-registry.js';
export { openRequestSpan, type RequestSpan } from './telemetry/request-span.js';
export { startTracing, type Tracing } from './telemetry/start-tracing.js';
export { telemetryEnv, type TelemetryEnv } from './telemetry/telemetry-env.js';
export { presentTraceParent, type SpanFields, traceHandling, traceStep } from './telemetry/trace-step.js';
