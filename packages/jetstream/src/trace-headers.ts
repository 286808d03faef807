import { headers, type MsgHdrs } from '@nats-io/nats-core';
import { presentTraceParent } from '@tidetable/telemetry';

/** The W3C header by which an event carries its trace from service to service. */
const traceParentHeader = 'traceparent';

/** The headers of an event besides its message id: the trace it belongs to; `undefined` when nothing is traced. */
export function presentTraceHeaders(traceParent = presentTraceParent()): MsgHdrs | undefined {
  if (traceParent === undefined) return undefined;
  const traceHeaders = headers();
  traceHeaders.set(traceParentHeader, traceParent);
  return traceHeaders;
}

/** The trace that a message belongs to, if it says so. */
export function traceParentOf(message: { headers?: MsgHdrs }): string | undefined {
  return message.headers?.get(traceParentHeader) || undefined;
}
