import type { StorageService } from '@tidetable/contracts';
import type { Logger } from '@tidetable/service-host';
import type { Pool } from 'pg';
import { CredentialStore } from '../credentials/credential-store.js';
import type { FetcherEnv } from '../fetcher.env.js';
import type { ProviderCallOptions } from '../providers/call-provider.js';
import type { ProviderSettings } from '../providers/oauth-provider.js';
import { pushStates } from '../push/push-states.js';
import type { AllServiceFiles } from '../sources/services/service-files.js';
import { AccessTokens, type AccessTokensOptions } from './access-tokens.js';
import { AuthorizationStore } from './authorization-store.js';
import { ConnectionStore } from './connection-store.js';
import type { Connections } from './connections.js';
import { createConnectionsPool } from './database/connections-pool.js';
import { migrateConnections } from './database/migrate-connections.js';

/** Connections that are open until they are closed. */
export interface OpenConnections extends Connections {
  /** What requests for URLs carry; in the same database, under the same keys. */
  readonly credentials: CredentialStore;
  /** Their database, for what belongs to connections. */
  readonly database: Pool;
  /** Whether their database answers. */
  isUsable(): Promise<boolean>;
  /** Waits for refreshes that are under way, then closes the database. */
  close(): Promise<void>;
}

/** What connections are made from. */
export interface ConnectionsParts {
  readonly env: FetcherEnv;
  readonly logger: Logger;
  readonly providers: Readonly<Record<StorageService, ProviderSettings>>;
  readonly calls: ProviderCallOptions;
  readonly files: AllServiceFiles;
  readonly checkpoint?: AccessTokensOptions['checkpoint'];
}

/**
 * Opens the database of connections, whose schema is brought up to date on the way; `null` where the operator has
 * named none, or no keys. Rejects when the database does not answer.
 */
export async function openConnections(parts: ConnectionsParts): Promise<OpenConnections | null> {
  const { env, logger, providers, calls, files, checkpoint } = parts;
  const { CONNECTIONS_DATABASE_URL: url, CONNECTION_KEYS: keyring } = env;
  if (url === undefined || keyring === undefined) return null;
  const pool = createConnectionsPool(url, env.FETCH_CONCURRENCY, logger);
  await migrateConnections(pool).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const store = new ConnectionStore(pool, keyring);
  const tokens = new AccessTokens({ store, providers, calls, ...(checkpoint ? { checkpoint } : {}) });
  return {
    ...{ store, tokens, providers, calls },
    database: pool,
    pushStates: pushStates(env, providers),
    credentials: new CredentialStore(pool, keyring),
    authorizations: new AuthorizationStore(pool, keyring),
    redirectUriOf: (service) => `${env.PUBLIC_URL ?? ''}/api/v1/imports/service/${service}/oauth_callback`,
    describeAccount: (service, accessToken, signal) => files[service].describeAccount(accessToken, signal),
    listFiles: (request, signal) =>
      tokens.with(
        request.accountId,
        request.service,
        (accessToken) => files[request.service].list(request, accessToken, signal),
        signal,
      ),
    isUsable: () => isUsable(pool),
    close: async () => {
      await tokens.settle();
      await pool.end();
    },
  };
}

async function isUsable(pool: Pool): Promise<boolean> {
  return pool.query('SELECT 1').then(
    () => true,
    () => false,
  );
}
