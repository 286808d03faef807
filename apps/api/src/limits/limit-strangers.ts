import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestLimits } from './request-limits.js';

/** Asked by machines that have no key: those that watch this one, and storage services, whose messages are signed. */
const isExempt = (request: FastifyRequest): boolean =>
  /^\/(livez|readyz|api\/v1\/push\/:service)$/.test(request.routeOptions.url ?? '');

/**
 * Limits by address what comes without a valid key. It counts once it is answered, and not when we could not find out
 * whose it is. What may still show a key, in a header or a body, is left to those who read it there.
 */
export function limitStrangers(fastify: FastifyInstance, limits: RequestLimits): void {
  fastify.addHook('onRequest', async (request) => {
    if (!isExempt(request) && !mayShowKey(request)) limits.refuseStranger(request.ip, null);
  });
  fastify.addHook('onResponse', async (request, reply) => {
    if (
      request.account === undefined &&
      reply.statusCode < 500 &&
      reply.statusCode !== 429 &&
      !isExempt(request)
    )
      limits.countStranger(request.ip);
  });
}

function mayShowKey({ headers, method, url }: FastifyRequest): boolean {
  return (
    headers.authorization !== undefined ||
    url.includes('api_key') ||
    !['GET', 'HEAD'].includes(method) ||
    (headers['content-length'] ?? '0') !== '0' ||
    headers['transfer-encoding'] !== undefined
  );
}
