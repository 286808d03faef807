import type { Logger } from '@tidetable/service-host';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Under this token Nest injects the service's logger. */
export const apiLogger = Symbol('api logger');

/**
 * Logs one line for each answered request. It names the route and not the URL, as the URL may hold a key.
 * Every answer carries the id under which its line is found, and none may be kept by a cache.
 */
export function logRequests(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onRequest', async (request, reply) => {
    reply.headers(headersOfAll(request));
  });
  fastify.addHook('onResponse', async (request, reply) => {
    logger.info(
      {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
        accountId: request.account?.id ?? null,
      },
      'request answered',
    );
  });
}

/** What every answer says, whatever it answers. */
export function headersOfAll({ id }: Pick<FastifyRequest, 'id'>): Record<string, string> {
  return { 'x-request-id': id, 'cache-control': 'no-store' };
}
