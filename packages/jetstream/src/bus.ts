import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';

/** What the bus tells about its connection: constant messages with fields, for a structured log. */
export interface BusLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A connection to NATS with JetStream, which reconnects for ever until it is closed. */
export interface Bus {
  readonly connection: NatsConnection;
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly log: BusLog;
  /** Whether a message can go to the server and back now. */
  isUsable(): Promise<boolean>;
  /** Lets what is under way leave, then closes. Idempotent. */
  close(): Promise<void>;
}

/** Splits user and password, or a token, out of a NATS URL: the client takes them as options only. */
export function natsConnectionOptions(url: string): {
  servers: string[];
  user?: string;
  pass?: string;
  token?: string;
} {
  const urls = url.split(',').map((each) => new URL(each.trim()));
  const [first] = urls;
  const servers = urls.map((each) => `${each.protocol}//${each.host}`);
  if (first === undefined || first.username === '') return { servers };
  const user = decodeURIComponent(first.username);
  return first.password === ''
    ? { servers, token: user }
    : { servers, user, pass: decodeURIComponent(first.password) };
}

/**
 * Connects; waits for the server when it is not there yet. Several servers may be given, separated by commas.
 * The stream is not touched: see `ensureStream`.
 */
export async function connectBus(url: string, name: string, log: BusLog): Promise<Bus> {
  const connection = await connect({
    ...natsConnectionOptions(url),
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    waitOnFirstConnect: true,
  });
  void logStatus(connection, log);
  return {
    connection,
    client: jetstream(connection),
    manager: await jetstreamManager(connection, { checkAPI: false }),
    log,
    isUsable: async () => {
      if (connection.isClosed()) return false;
      await connection.rtt();
      return true;
    },
    close: async () => {
      if (!connection.isClosed()) await connection.drain().catch(() => connection.close());
    },
  };
}

async function logStatus(connection: NatsConnection, log: BusLog): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect' || status.type === 'reconnect') {
      log.warn({ status: status.type }, 'bus connection changed');
    }
  }
}
