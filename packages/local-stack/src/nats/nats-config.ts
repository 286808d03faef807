const gibibyte = 1024 ** 3;

/** What differs between our nats-servers. */
export interface NatsConfig {
  serverName: string;
  port: number;
  storeFolder: string;
  pidFile: string;
  /** Free bytes where the store is. */
  freeBytes: number;
}

/** The text of a nats-server's configuration file: loopback only, JetStream on disk, half of the free space at most. */
export function natsConfigText({ serverName, port, storeFolder, pidFile, freeBytes }: NatsConfig): string {
  const fileBytesMax = Math.round(Math.min(Math.max(freeBytes / 2, gibibyte), 64 * gibibyte));
  return [
    `server_name: ${serverName}`,
    `listen: "127.0.0.1:${port}"`,
    `pid_file: ${JSON.stringify(pidFile)}`,
    'jetstream {',
    `  store_dir: ${JSON.stringify(storeFolder)}`,
    `  max_memory_store: ${gibibyte / 4}`,
    `  max_file_store: ${fileBytesMax}`,
    '}',
    '',
  ].join('\n');
}
