import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

/** The span of a request that is being answered. */
export interface RequestSpan {
  /** Does what belongs to the request within its trace. */
  within(work: () => void): void;
  /** Call it once, when the answer is out. */
  end(status: number): void;
}

/**
 * Opens the span of a request: in the caller's trace when its headers name one, else in a new one. `route` is the
 * pattern and not the address, which may hold a key.
 */
export function openRequestSpan(
  method: string,
  route: string,
  headers: Record<string, string | string[] | undefined>,
): RequestSpan {
  const parent = propagation.extract(context.active(), headers);
  const attributes = { 'http.request.method': method, 'http.route': route };
  const span = trace
    .getTracer('tidetable')
    .startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
  const own = trace.setSpan(parent, span);
  return {
    within: (work) => context.with(own, work),
    end: (status) => {
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}
