import { type StorageService, SyncError } from '@tidetable/contracts';
import type { ProviderCallOptions } from '../providers/call-provider.js';
import { oauthDialects, type ProviderSettings, serviceTitles } from '../providers/oauth-provider.js';
import type { ConnectionStore, StoredConnection, Tokens } from './connection-store.js';
import { GrantRefusedError, refreshTokens } from './request-tokens.js';

/** A service did not accept an access token that should have been good. */
export class AccessTokenRefusedError extends Error {
  override readonly name = 'AccessTokenRefusedError';
}

/** What access tokens are made from. */
export interface AccessTokensOptions {
  readonly store: ConnectionStore;
  readonly providers: Readonly<Record<StorageService, ProviderSettings>>;
  readonly calls: ProviderCallOptions;
}

/**
 * Access tokens that work. They are refreshed before they end, by one fetcher at a time for each connection: the row is
 * locked meanwhile, and the new tokens are committed before they are used, so that a refresh token which is good for one
 * use is never sent twice by two. Callers of one process share one refresh.
 */
export class AccessTokens {
  private readonly underWay = new Map<string, Promise<StoredConnection>>();

  constructor(private readonly options: AccessTokensOptions) {}

  /**
   * Calls `use` with an access token; when it throws AccessTokenRefusedError, once more with a fresh one.
   *
   * @throws SyncError `connection-missing`, `connection-refused` or `connection-not-configured`; `source-…` when the
   * service cannot be asked for tokens; what `use` throws
   */
  async with<T>(
    accountId: string,
    service: StorageService,
    use: (accessToken: string) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const connection = await this.fresh(await this.find(accountId, service), signal);
    try {
      return await use(connection.accessToken);
    } catch (error) {
      if (!(error instanceof AccessTokenRefusedError)) throw error;
    }
    const renewed = await this.refresh(connection, signal);
    try {
      return await use(renewed.accessToken);
    } catch (error) {
      if (!(error instanceof AccessTokenRefusedError)) throw error;
      throw refused(service);
    }
  }

  private async find(accountId: string, service: StorageService): Promise<StoredConnection> {
    const connection = await this.options.store.find(accountId, service);
    if (connection === null) {
      throw new SyncError('connection-missing', `the service is ${serviceTitles[service]}`);
    }
    if (connection.state === 'needs-reconnecting') throw refused(service);
    return connection;
  }

  private async fresh(connection: StoredConnection, signal: AbortSignal): Promise<StoredConnection> {
    return isFresh(connection) ? connection : this.refresh(connection, signal);
  }

  /** Refreshes a connection unless somebody else just did: then its tokens are not those that we know. */
  private async refresh(known: StoredConnection, signal: AbortSignal): Promise<StoredConnection> {
    const shared = this.underWay.get(known.id);
    if (shared !== undefined) return shared;
    const refreshing = this.refreshLocked(known, signal).finally(() => this.underWay.delete(known.id));
    this.underWay.set(known.id, refreshing);
    return refreshing;
  }

  private async refreshLocked(known: StoredConnection, signal: AbortSignal): Promise<StoredConnection> {
    const { store, providers, calls } = this.options;
    const after = await store.change(known.id, async (current) => {
      if (current.state === 'needs-reconnecting') return null;
      if (current.accessToken !== known.accessToken && isFresh(current)) return null;
      return this.ask(providers[known.service], current.refreshToken, calls, signal);
    });
    if (after === null)
      throw new SyncError('connection-missing', `the service is ${serviceTitles[known.service]}`);
    if (after.state === 'needs-reconnecting') throw refused(known.service);
    return after;
  }

  /**
   * Asks the service. When the answer got lost the tokens may have been exchanged all the same; for a moment services
   * take the earlier refresh token again, so it is sent again at once.
   */
  private async ask(
    settings: ProviderSettings,
    refreshToken: string,
    calls: ProviderCallOptions,
    signal: AbortSignal,
  ): Promise<Tokens | 'needs-reconnecting'> {
    const once = (): Promise<Tokens> => refreshTokens(settings, refreshToken, calls, signal);
    try {
      return await once().catch((error: unknown) => {
        const isLost =
          error instanceof SyncError && /^source-(timeout|unreachable|truncated)$/.test(error.code);
        if (!isLost || !oauthDialects[settings.service].rotatesRefreshTokens) throw error;
        return once();
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

function refused(service: StorageService): SyncError {
  return new SyncError('connection-refused', `the service is ${serviceTitles[service]}`);
}
