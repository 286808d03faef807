import type { PoolConfig } from 'pg';
import { timestampTypes } from './parse-timestamp.js';

const connectionsMax = 10;
/** How long a request waits for a connection before it is told that the service is unavailable. */
const connectionTimeoutMs = 5_000;
/** No question of the api takes a noticeable time; one that takes this long met a server that no longer answers. */
const queryTimeoutMs = 10_000;

/** How the api connects to the metadata database. Connections are made as they are needed. */
export function poolOptions(metadataDatabaseUrl: string): PoolConfig {
  return {
    connectionString: metadataDatabaseUrl,
    max: connectionsMax,
    application_name: 'tidetable',
    // Whatever changes without saying by whom is in the audit trail all the same.
    options: '-c timezone=UTC -c tidetable.actor={}',
    connectionTimeoutMillis: connectionTimeoutMs,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
    types: timestampTypes,
  };
}
