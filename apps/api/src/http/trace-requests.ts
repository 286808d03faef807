import { openRequestSpan, type RequestSpan } from '@tidetable/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Makes each request a span, in the trace of the caller when it names one. The span is entered right before the handler
 * and not when it is opened: reading a body leaves the context in which a request began.
 */
export function traceRequests(fastify: FastifyInstance): void {
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  fastify.addHook('onRequest', async (request) => {
    const route = request.routeOptions.url ?? 'none';
    spans.set(request, openRequestSpan(request.method, route, request.headers));
  });
  fastify.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request);
    if (span === undefined) done();
    else span.within(done);
  });
  fastify.addHook('onResponse', async (request, reply) => spans.get(request)?.end(reply.statusCode));
}
