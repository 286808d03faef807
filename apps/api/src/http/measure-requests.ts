import type { FastifyInstance } from 'fastify';
import type { ApiMetrics } from '../metrics.js';

/** Counts and times each answered request by its route; a request that no route takes counts as `none`. */
export function measureRequests(fastify: FastifyInstance, metrics: ApiMetrics): void {
  fastify.addHook('onResponse', async (request, reply) => {
    metrics.requestAnswered({
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
    });
  });
}
