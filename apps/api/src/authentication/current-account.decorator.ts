import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AuthenticatedAccount } from './authenticate.js';

/** Hands a handler behind the authentication guard the account the request is from. */
export const CurrentAccount = createParamDecorator(
  (_: unknown, context: ExecutionContext): AuthenticatedAccount => {
    const { account } = context.switchToHttp().getRequest<FastifyRequest>();
    if (account === undefined)
      throw new Error('a handler asked for the account without the authentication guard');
    return account;
  },
);
