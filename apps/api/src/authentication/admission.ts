import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { hashApiKey } from '../accounts/api-key.js';
import { type KeyScope, opens } from '../accounts/key-scope.js';
import { scopeInsufficient } from '../http/refusal.js';
import { RequestLimits } from '../limits/request-limits.js';
import { keyMissing, refuseAccount } from './authenticate.js';
import type { Credentials } from './read-credentials.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the request is authenticated. */
    account?: import('./authenticate.js').AuthenticatedAccount;
  }
}

/** Decides, for both versions of the API, whether a request may go on, and whose it is. */
@Injectable()
export class Admission {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly limits: RequestLimits,
  ) {}

  /**
   * Lets a request on when its key belongs to an active account, the one its address names if it names one, when that
   * account has a request left, and when the key reaches as far as what is asked for. The request then has its account,
   * and the answer says what is left of the limit.
   *
   * @throws Refusal 401, 403 or 429
   */
  async admit(
    request: FastifyRequest,
    reply: FastifyReply,
    credentials: Credentials | null,
    addressedUsername: string | null,
    needed: KeyScope,
  ): Promise<void> {
    const keyHash = credentials === null ? null : hashApiKey(credentials.apiKey);
    this.limits.refuseStranger(request.ip, keyHash);
    if (credentials === null || keyHash === null) throw keyMissing();
    const account = await this.accounts.findByKeyHash(keyHash);
    this.limits.rememberKey(keyHash, account !== null);
    const refusal = refuseAccount(account, credentials, addressedUsername);
    if (account === null || refusal !== null) throw refusal ?? keyMissing();
    request.account = account;
    void reply.headers(this.limits.takeOfAccount(account));
    if (!opens(account.scope, needed)) throw scopeInsufficient(account.scope, needed);
  }

  /**
   * Whether what was let on may still go on: the key was not revoked, and the account not disabled. Counts as no request.
   *
   * @throws Refusal 401 or 403
   */
  async admitAgain(credentials: Credentials | null, addressedUsername: string | null): Promise<void> {
    if (credentials === null) throw keyMissing();
    const account = await this.accounts.findByKeyHash(hashApiKey(credentials.apiKey));
    const refusal = refuseAccount(account, credentials, addressedUsername);
    if (refusal !== null) throw refusal;
  }
}
