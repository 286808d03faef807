import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** What a request says, and where. */
export interface RequestFields {
  query: Record<string, unknown>;
  body: Record<string, unknown>;
}

/** The fields of query and body; either may be empty. */
export function requestFields(request: FastifyRequest): RequestFields {
  return {
    query: (request.query ?? {}) as Record<string, unknown>,
    body: (request.body ?? {}) as Record<string, unknown>,
  };
}

/** Hands a handler the fields of the request. */
export const Fields = createParamDecorator((_: unknown, context: ExecutionContext) =>
  requestFields(context.switchToHttp().getRequest<FastifyRequest>()),
);
