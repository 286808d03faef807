import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { metadataDataSourceOptions } from '@tidetable/metadata-db';

/** How long a request waits for a connection before it is told that the service is unavailable. */
const connectionTimeoutMs = 5_000;
/** No question of the api takes a noticeable time; one that takes this long met a server that no longer answers. */
const queryTimeoutMs = 10_000;

/**
 * How the api connects. A database that is not there yet is tried for about half a minute before the start fails;
 * later on, connections are made anew as they are needed.
 */
export function databaseOptions(metadataDatabaseUrl: string): TypeOrmModuleOptions {
  const options = metadataDataSourceOptions(metadataDatabaseUrl);
  const timeouts = {
    connectionTimeoutMillis: connectionTimeoutMs,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
  };
  return {
    ...options,
    extra: { ...(options.extra as object), ...timeouts },
    retryAttempts: 30,
    retryDelay: 1_000,
  };
}
