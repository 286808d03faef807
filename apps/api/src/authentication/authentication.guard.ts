import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type KeyScope, scopeOfMethod } from '../accounts/key-scope.js';
import { apiEnvironment, type ApiEnvironment } from '../api.env.js';
import { requestFields } from '../http/request-fields.decorator.js';
import { Admission } from './admission.js';
import { neededScope } from './needs-scope.decorator.js';
import { readAddressedUsername } from './read-addressed-username.js';
import { readCredentials } from './read-credentials.js';

/** Lets a request of version 1 through as {@link Admission} decides; a key may be shown in any of CARTO's ways. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly admission: Admission,
    private readonly reflector: Reflector,
    @Inject(apiEnvironment) private readonly environment: ApiEnvironment,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest<{ Params: { username?: string } }>>();
    const addressed = readAddressedUsername(
      request.params.username,
      request.headers.host,
      this.environment.API_ACCOUNT_DOMAIN,
    );
    const needed =
      this.reflector.get<KeyScope | undefined>(neededScope, context.getHandler()) ??
      scopeOfMethod(request.method);
    const credentials = readCredentials(requestFields(request), request.headers);
    await this.admission.admit(request, http.getResponse<FastifyReply>(), credentials, addressed, needed);
    return true;
  }
}
