import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { hashApiKey } from '../accounts/api-key.js';
import { apiEnvironment, type ApiEnvironment } from '../api.env.js';
import { requestFields } from '../http/request-fields.decorator.js';
import { type AuthenticatedAccount, keyMissing, refuseAccount } from './authenticate.js';
import { readAddressedUsername } from './read-addressed-username.js';
import { readCredentials } from './read-credentials.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the request is authenticated. */
    account?: AuthenticatedAccount;
  }
}

/** Lets a request through when its key belongs to an active account, the one its address names if it names one. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly accounts: AccountsRepository,
    @Inject(apiEnvironment) private readonly environment: ApiEnvironment,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { username?: string } }>>();
    const credentials = readCredentials(requestFields(request), request.headers);
    if (credentials === null) throw keyMissing();
    const account = await this.accounts.findByKeyHash(hashApiKey(credentials.apiKey));
    const addressed = readAddressedUsername(
      request.params.username,
      request.headers.host,
      this.environment.API_ACCOUNT_DOMAIN,
    );
    const refusal = refuseAccount(account, credentials, addressed);
    if (account === null || refusal !== null) throw refusal ?? keyMissing();
    request.account = account;
    return true;
  }
}
