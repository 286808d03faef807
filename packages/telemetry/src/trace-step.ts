import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

/** What a span tells besides its name: ids, numbers and codes; never an address, a secret or a cell. */
export type SpanFields = Record<string, string | number | boolean>;

const tracer = trace.getTracer('tidetable');

/**
 * Does one step of work as a span of the present trace. An error marks the span by the name of its class and goes on to
 * the caller: messages may hold what does not belong into a trace.
 */
export async function traceStep<T>(name: string, fields: SpanFields, work: () => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(name, { attributes: fields }, (span) => endWith(span, work));
}

/** As `traceStep`, for work that somebody else asked for: `traceParent` is the W3C header that came with it. */
export async function traceHandling<T>(
  name: string,
  traceParent: string | undefined,
  fields: SpanFields,
  work: () => Promise<T>,
): Promise<T> {
  const parent = propagation.extract(
    context.active(),
    traceParent === undefined ? {} : { traceparent: traceParent },
  );
  return tracer.startActiveSpan(name, { kind: SpanKind.CONSUMER, attributes: fields }, parent, (span) =>
    endWith(span, work),
  );
}

/**
 * Notes work that is done already as a span of the trace that asked for it: begun at `beganAt` (ms since the epoch), and
 * ended now.
 */
export function noteHandled(
  name: string,
  traceParent: string,
  fields: SpanFields,
  beganAt: number,
  hasFailed: boolean,
): void {
  const parent = propagation.extract(context.active(), { traceparent: traceParent });
  const span = tracer.startSpan(
    name,
    { kind: SpanKind.CONSUMER, attributes: fields, startTime: beganAt },
    parent,
  );
  if (hasFailed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** The present trace as a W3C `traceparent`, for a message or a row; `undefined` when nothing is traced. */
export function presentTraceParent(): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

async function endWith<T>(span: ReturnType<typeof tracer.startSpan>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    span.setStatus({
      code: SpanStatusCode.ERROR,
      message: error instanceof Error ? error.name : 'error',
    });
    throw error;
  } finally {
    span.end();
  }
}
