export {
  createMetricsRegistry,
  longSecondsBuckets,
  type MetricsRegistry,
  quickSecondsBuckets,
} from './metrics-registry.js';
export { openRequestSpan, type RequestSpan } from './request-span.js';
export { startTracing, type Tracing } from './start-tracing.js';
export { telemetryEnv, type TelemetryEnv } from './telemetry-env.js';
export { noteHandled, presentTraceParent, type SpanFields, traceHandling, traceStep } from './trace-step.js';
