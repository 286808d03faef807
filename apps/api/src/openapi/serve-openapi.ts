import type { FastifyInstance } from 'fastify';
import type { Operation } from './operation.js';
import { writeOpenApi } from './write-openapi.js';

/** Serves the OpenAPI document. It says nothing about anybody, so it needs no key. */
export function serveOpenApi(fastify: FastifyInstance, operations: readonly Operation[]): void {
  const document = JSON.stringify(writeOpenApi(operations), null, 1);
  fastify.get('/openapi.json', async (_request, reply) =>
    reply
      .headers({ 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' })
      .type('application/json; charset=utf-8')
      .send(document),
  );
}
