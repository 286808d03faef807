import { Inject, Injectable } from '@nestjs/common';
import { apiEnvironment, type ApiEnvironment } from '../api.env.js';
import type { AuthenticatedAccount } from '../authentication/authenticate.js';
import { tooManyRequests } from '../http/refusal.js';
import { networkOf } from './network-of.js';
import { RememberedAllowances } from './remembered-allowances.js';
import { allowanceSeconds, type Allowance } from './take-request.js';

/** So many keys are remembered as good ones. */
const goodKeysMax = 10_000;

/**
 * How many requests each account has left, and each address of those who show no valid key. Counted in this process: with
 * several of them behind a balancer an account gets at most so many times as much, which costs no exchange between them.
 */
@Injectable()
export class RequestLimits {
  private readonly accounts = new RememberedAllowances();
  private readonly strangers = new RememberedAllowances();
  private readonly goodKeys = new Set<string>();
  private readonly perMinute: number;
  private readonly strangersPerMinute: number;

  constructor(@Inject(apiEnvironment) environment: ApiEnvironment) {
    this.perMinute = environment.REQUESTS_PER_MINUTE;
    this.strangersPerMinute = environment.STRANGER_REQUESTS_PER_MINUTE;
  }

  /** How many requests an account may make in a minute. */
  perMinuteOf({ requestsPerMinuteMax }: Pick<AuthenticatedAccount, 'requestsPerMinuteMax'>): number {
    return requestsPerMinuteMax ?? this.perMinute;
  }

  /** Takes one request of an account's, and says in headers what is left. @throws Refusal 429, with the same headers */
  takeOfAccount(account: AuthenticatedAccount): Record<string, string> {
    const perMinute = this.perMinuteOf(account);
    const taken = this.accounts.take(account.id, perMinute, performance.now());
    const headers = headersOf('account', perMinute, taken);
    if (!taken.isAllowed) throw tooManyRequests('of this account', taken.retrySeconds, headers);
    return headers;
  }

  /** Counts a request that showed no valid key. */
  countStranger(address: string): void {
    this.strangers.take(networkOf(address), this.strangersPerMinute, performance.now());
  }

  /**
   * Lets somebody on whose key is not known yet, or who shows none. Once too many came from an address, only keys that
   * were good before are let on from there: their owners need not suffer for a neighbour.
   *
   * @throws Refusal 429
   */
  refuseStranger(address: string, keyHash: Buffer | null): void {
    const now = performance.now();
    const retrySeconds = this.strangers.usedUpFor(networkOf(address), this.strangersPerMinute, now);
    if (retrySeconds === null || (keyHash !== null && this.goodKeys.has(keyHash.toString('base64')))) return;
    const headers = headersOf('address', this.strangersPerMinute, {
      remaining: 0,
      resetSeconds: allowanceSeconds,
    });
    throw tooManyRequests('without a valid key from this address', retrySeconds, headers);
  }

  /** Remembers that a key opens something, or that it does not any more. */
  rememberKey(keyHash: Buffer, isGood: boolean): void {
    const key = keyHash.toString('base64');
    this.goodKeys.delete(key);
    if (!isGood) return;
    this.goodKeys.add(key);
    for (const oldest of this.goodKeys) {
      if (this.goodKeys.size <= goodKeysMax) return;
      this.goodKeys.delete(oldest);
    }
  }
}

/** The fields of draft-ietf-httpapi-ratelimit-headers, as structured fields. */
function headersOf(
  policy: string,
  perMinute: number,
  { remaining, resetSeconds }: Pick<Allowance, 'remaining' | 'resetSeconds'>,
): Record<string, string> {
  return {
    'ratelimit-policy': `"${policy}";q=${perMinute};w=${allowanceSeconds}`,
    ratelimit: `"${policy}";r=${remaining};t=${resetSeconds}`,
  };
}
