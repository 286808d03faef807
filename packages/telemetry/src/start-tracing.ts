import { context, propagation, trace } from '@opentelemetry/api';
import type { TelemetryEnv } from './telemetry-env.js';

/** Traces being made. */
export interface Tracing {
  /** Sends what has not been sent, for a few seconds at most. Never throws. */
  stop(): Promise<void>;
}

const flushMsMax = 3_000;

/**
 * Lets the spans of this process be sent to the collector that the environment names. Without one nothing is loaded,
 * and every span is a no-op. Call it before the service starts. A collector that is away costs spans and nothing else.
 */
export async function startTracing(service: string, env: TelemetryEnv): Promise<Tracing> {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return { stop: async () => undefined };
  // Loaded only here: most installations send no traces and shall not pay their memory.
  const [sdk, { OTLPTraceExporter }, { AsyncLocalStorageContextManager }, core, resources] =
    await Promise.all([
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/context-async-hooks'),
      import('@opentelemetry/core'),
      import('@opentelemetry/resources'),
    ]);
  const provider = new sdk.TracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': `tidetable-${service}` }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(env.TRACE_SAMPLE_RATIO) }),
    spanProcessors: [
      new sdk.BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }) }),
    ],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new core.W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return { stop: () => stopWithin(flushMsMax, () => provider.shutdown()) };
}

async function stopWithin(timeoutMs: number, shutDown: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([shutDown().catch(() => undefined), timeout]);
  clearTimeout(timer);
}
