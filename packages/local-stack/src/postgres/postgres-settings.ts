const mebibyte = 1024 * 1024;

/**
 * Whether a loss of power may cost data: 'fast' is for data that tests make and throw away. A server that is killed
 * loses nothing either way, so that tests can kill it.
 */
export type Durability = 'durable' | 'fast';

/** The server's settings for this machine and purpose, as PostgreSQL names them. */
export function postgresSettings(
  port: number,
  memoryBytes: number,
  durability: Durability,
): Record<string, string> {
  const sharedBuffersMb = Math.round(Math.min(Math.max(memoryBytes / 8 / mebibyte, 128), 1024));
  return {
    port: String(port),
    // Loopback only, and no socket: those need a folder that everybody shares.
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ssl: 'off',
    max_connections: '200',
    shared_buffers: `${sharedBuffersMb}MB`,
    maintenance_work_mem: '256MB',
    max_wal_size: '4GB',
    // Compiling costs more than it saves on the short statements that this product sends.
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %d ',
    // Statements and details can hold customers' values, which never belong in a log.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    logging_collector: 'off',
    log_destination: 'stderr',
    ...(durability === 'fast' ? { fsync: 'off', full_page_writes: 'off' } : {}),
  };
}

/** Settings as arguments of the `postgres` program, which win over those in the cluster's own files. */
export function settingArguments(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
