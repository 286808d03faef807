import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { requestFields } from '../http/request-fields.decorator.js';
import { AuthenticationGuard } from './authentication.guard.js';

/** Lets a request through that shows no key at all; one that does show a key must show a right one. */
@Injectable()
export class OptionalAuthenticationGuard implements CanActivate {
  constructor(private readonly guard: AuthenticationGuard) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { query, body } = requestFields(request);
    const showsKey = [query, body].some((fields) => Object.hasOwn(fields, 'api_key'));
    return showsKey || request.headers.authorization !== undefined ? this.guard.canActivate(context) : true;
  }
}
