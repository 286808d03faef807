import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import {
  type ConnectionDto,
  type ConnectionState,
  type RevokeConnectionV1Reply,
  type ServiceFile,
  type StorageService,
  type SyncErrorCode,
} from '@tidetable/contracts';
import { FetcherClient, FetcherSilentError } from '@tidetable/scheduler-client';
import { recordChange } from '../audit/record-change.js';
import { apiEnvironment, type ApiEnvironment } from '../api.env.js';
import type { AuthenticatedAccount } from '../authentication/authenticate.js';
import { MetadataDatabase } from '../database/metadata-database.js';
import { fetchersAway, Refusal } from '../http/refusal.js';
import type { FilesFields } from './connection-fields.js';
import { presentConnection } from './present-connection.js';
import { refuseConnection } from './refuse-connection.js';
import { serviceTitles } from './service-titles.js';

/** Under this token Nest injects the way to the fetchers; `null` where the api does not know the bus. */
export const fetchers = Symbol('fetchers');

/** Why files of a service cannot be read, by how the connection stands. */
const failures: Record<Exclude<ConnectionState, 'connected'>, SyncErrorCode> = {
  'not-configured': 'connection-not-configured',
  none: 'connection-missing',
  'needs-reconnecting': 'connection-refused',
};

/**
 * An account's connections to storage services. All of it is asked of the fetchers, which alone hold tokens, and always
 * for the account that the key is of: nobody learns anything about another's.
 */
@Injectable()
export class ConnectionsService implements OnModuleDestroy {
  constructor(
    @Inject(fetchers) private readonly fetchers: FetcherClient | null,
    @Inject(apiEnvironment) private readonly environment: ApiEnvironment,
    private readonly database: MetadataDatabase,
  ) {}

  async onModuleDestroy(): Promise<void> {
    await this.fetchers?.close();
  }

  /** How the connection to each service stands. @throws Refusal 503 */
  async list(account: AuthenticatedAccount): Promise<ConnectionDto[]> {
    const { connections } = await this.ask((fetcher) => fetcher.listConnections(account.id));
    return connections.map(presentConnection);
  }

  /** How the connection to one service stood when it was used last. @throws Refusal 503 */
  async stateOf(account: AuthenticatedAccount, service: StorageService): Promise<ConnectionState> {
    const { connections } = await this.ask((fetcher) => fetcher.listConnections(account.id));
    return connections.find((connection) => connection.service === service)?.state ?? 'not-configured';
  }

  /** Whether the connection holds now, for which the service is asked if need be. @throws Refusal 503 */
  async check(account: AuthenticatedAccount, service: StorageService): Promise<ConnectionState> {
    const { state } = await this.ask((fetcher) =>
      fetcher.checkConnection({ accountId: account.id, service }),
    );
    return state;
  }

  /** Begins connecting. @returns the address of our own page where it goes on @throws Refusal 409 or 503 */
  async begin({ id, username }: AuthenticatedAccount, service: StorageService): Promise<string> {
    const { PUBLIC_URL: publicUrl } = this.environment;
    if (publicUrl === undefined) throw refuseState('not-configured', service);
    const begun = await this.ask((fetcher) => fetcher.beginConnection({ accountId: id, username, service }));
    if (begun.outcome === 'not-configured') throw refuseState('not-configured', service);
    return `${publicUrl}/api/v1/connections/authorize/${begun.state}`;
  }

  /** One page of the customer's files. @throws Refusal 409, 502 or 503 */
  async listFiles(
    account: AuthenticatedAccount,
    service: StorageService,
    { filter: filters, q: query, page }: FilesFields,
  ): Promise<{ files: ServiceFile[]; nextPage: string | null }> {
    const request = { accountId: account.id, service, filters, query, page };
    const reply = await this.ask((fetcher) => fetcher.listServiceFiles(request));
    if (reply.outcome === 'failed') throw refuseConnection(reply.failure);
    return reply;
  }

  /** Ends a connection. @throws Refusal 503 */
  async revoke(account: AuthenticatedAccount, service: StorageService): Promise<RevokeConnectionV1Reply> {
    const reply = await this.ask((fetcher) => fetcher.revokeConnection({ accountId: account.id, service }));
    if (reply.wasThere)
      await recordChange(this.database, {
        accountId: account.id,
        action: 'revoked',
        targetKind: 'connection',
        targetId: service,
      });
    return reply;
  }

  /**
   * Refuses a new synchronization of a file that cannot be read as the connection stands. While no fetcher answers it is
   * let through: its first refresh will say the same.
   *
   * @throws Refusal 400
   */
  async refuseUnconnected(account: AuthenticatedAccount, service: StorageService): Promise<void> {
    const state = await this.stateOf(account, service).catch((error: unknown): ConnectionState => {
      if (error instanceof Refusal) return 'connected';
      throw error;
    });
    if (state !== 'connected') throw refuseState(state, service, 400);
  }

  /** Asks the fetchers. @throws Refusal 503 when none answers */
  async ask<T>(question: (fetcher: FetcherClient) => Promise<T>): Promise<T> {
    if (this.fetchers === null) throw fetchersAway();
    try {
      return await question(this.fetchers);
    } catch (error) {
      if (error instanceof FetcherSilentError) throw fetchersAway();
      throw error;
    }
  }
}

/** The refusal of what takes a connection that holds. */
export function refuseState(
  state: Exclude<ConnectionState, 'connected'>,
  service: StorageService,
  statusCode?: number,
): Refusal {
  return refuseConnection(
    { code: failures[state], detail: `the service is ${serviceTitles[service]}` },
    statusCode,
  );
}
