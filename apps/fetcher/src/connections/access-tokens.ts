import { type StorageService, SyncError } from '@tidetable/contracts';
import { AccessTokenRefusedError } from '../providers/access-token-refused.js';
import type { ProviderCallOptions } from '../providers/call-provider.js';
import { oauthDialects, type ProviderSettings, serviceTitles } from '../providers/oauth-provider.js';
import type { StoredConnection, Tokens } from './connection-row.js';
import type { ConnectionStore } from './connection-store.js';
import { GrantRefusedError, refreshTokens } from './request-tokens.js';

/** What access tokens are made from. */
export interface AccessTokensOptions {
  readonly store: ConnectionStore;
  readonly providers: Readonly<Record<StorageService, ProviderSettings>>;
  readonly calls: ProviderCallOptions;
  /** Called with the service's answer in hand, before and after it is durable; a test may let the process die there. */
  readonly checkpoint?: (name: 'before-commit' | 'after-commit') => void | Promise<void>;
}

/**
 * Access tokens that work. They are refreshed before they end, by one fetcher at a time for each connection: the row is
 * locked meanwhile, and the new tokens are committed before they are used, so that a refresh token which is good for one
 * use is never sent by two. Callers of one process share one refresh.
 *
 * A refresh that has begun is not given up when its callers are: the service may have exchanged the tokens already.
 */
export class AccessTokens {
  private readonly underWay = new Map<string, Promise<StoredConnection>>();

  constructor(private readonly options: AccessTokensOptions) {}

  /**
   * Calls `use` with an access token; when it throws AccessTokenRefusedError, once more with a fresh one.
   *
   * @throws SyncError `connection-missing`, `connection-refused` or `connection-not-configured`; `source-…` when the
   * service cannot be asked for tokens; what `use` throws; the signal's reason
   */
  async with<T>(
    accountId: string,
    service: StorageService,
    use: (accessToken: string) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const found = await this.find(accountId, service);
    const connection = isFresh(found) ? found : await this.refresh(found, signal);
    try {
      return await use(connection.accessToken);
    } catch (error) {
      if (!(error instanceof AccessTokenRefusedError)) throw error;
    }
    const renewed = await this.refresh(connection, signal);
    try {
      return await use(renewed.accessToken);
    } catch (error) {
      throw error instanceof AccessTokenRefusedError ? refused(service) : error;
    }
  }

  /** Waits for what is under way, so that no refresh is cut off in its middle. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.underWay.values());
  }

  private async find(accountId: string, service: StorageService): Promise<StoredConnection> {
    if (this.options.providers[service].client === null) throw notConfigured(service);
    const connection = await this.options.store.find(accountId, service);
    if (connection === null) throw missing(service);
    if (connection.state === 'needs-reconnecting') throw refused(service);
    return connection;
  }

  /** Refreshes a connection unless somebody else just did. */
  private async refresh(known: StoredConnection, signal: AbortSignal): Promise<StoredConnection> {
    signal.throwIfAborted();
    const key = `${known.id} ${known.generation}`;
    let refreshing = this.underWay.get(key);
    if (refreshing === undefined) {
      refreshing = this.refreshLocked(known).finally(() => this.underWay.delete(key));
      this.underWay.set(key, refreshing);
      // Who gave up waiting does not hear of its failure; that must not end the process.
      refreshing.catch(() => undefined);
    }
    return unlessAborted(refreshing, signal);
  }

  private async refreshLocked(known: StoredConnection): Promise<StoredConnection> {
    const { store, checkpoint } = this.options;
    const { id, accountId, service, generation } = known;
    const after = await store.change(id, async (current) => {
      if (current.state === 'needs-reconnecting') return null;
      if (current.generation !== generation && isFresh(current)) return null;
      const answer = await this.ask(current);
      await checkpoint?.('before-commit');
      return answer;
    });
    await checkpoint?.('after-commit');
    // Gone: removed, or connected anew as another one.
    if (after === null) return this.find(accountId, service);
    if (after.state === 'needs-reconnecting') throw refused(service);
    return after;
  }

  /**
   * Asks the service. When the answer got lost the tokens may have been exchanged all the same; for a moment services
   * take the earlier refresh token again, so it is sent again at once.
   */
  private async ask({ service, refreshToken }: StoredConnection): Promise<Tokens | 'needs-reconnecting'> {
    const { providers, calls } = this.options;
    const once = (): Promise<Tokens> => refreshTokens(providers[service], refreshToken, calls);
    try {
      return await once().catch((error: unknown) => {
        if (isLost(error) && oauthDialects[service].rotatesRefreshTokens) return once();
        throw error;
      });
    } catch (error) {
      if (error instanceof GrantRefusedError) return 'needs-reconnecting';
      throw error;
    }
  }
}

function isFresh({ service, accessExpiresAt }: StoredConnection): boolean {
  return accessExpiresAt.getTime() - Date.now() > oauthDialects[service].refreshEarlyMs;
}

/** Nobody knows whether the service did what it was asked for. */
function isLost(error: unknown): boolean {
  return error instanceof SyncError && /^source-(timeout|unreachable|truncated)$/.test(error.code);
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
}

function missing(service: StorageService): SyncError {
  return new SyncError('connection-missing', `the service is ${serviceTitles[service]}`);
}

function refused(service: StorageService): SyncError {
  return new SyncError('connection-refused', `the service is ${serviceTitles[service]}`);
}

function notConfigured(service: StorageService): SyncError {
  return new SyncError('connection-not-configured', `the service is ${serviceTitles[service]}`);
}
