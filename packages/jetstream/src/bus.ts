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
  /** Whether JetStream answers now; never throws. */
  isUsable(): Promise<boolean>;
  /** Lets what is under way leave, then closes. Idempotent. */
  close(): Promise<void>;
}

/** The connection ended for good though nobody closed it: the server refuses us. */
export class BusLostError extends Error {
  override readonly name = 'BusLostError';
}

/**
 * Splits user and password, or a token, out of a NATS URL: the client takes them as options only. Several URLs may
 * be given, separated by commas; the first one's credentials are used for all.
 *
 * @throws TypeError when a part is not a URL with a host; the message does not repeat it.
 */
export function natsConnectionOptions(url: string): {
  servers: string[];
  user?: string;
  pass?: string;
  token?: string;
} {
  const urls = url.split(',').map((each) => parseServerUrl(each.trim()));
  const [first] = urls;
  const servers = urls.map((each) => `${each.protocol}//${each.host}`);
  if (first === undefined || first.username === '') return { servers };
  const user = decodeURIComponent(first.username);
  return first.password === ''
    ? { servers, token: user }
    : { servers, user, pass: decodeURIComponent(first.password) };
}

function parseServerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.host === '') throw new TypeError('a NATS server is given as nats://host:port');
  return url;
}

/**
 * Connects; waits for the server when it is not there yet. The stream is not touched: see `ensureStream`.
 * Should the connection ever end for good without `close`, a BusLostError is thrown where nobody catches it, so
 * that the process ends and is started anew, rather than idling on without its bus.
 */
export async function connectBus(url: string, name: string, log: BusLog): Promise<Bus> {
  const connection = await connect({
    ...natsConnectionOptions(url),
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    waitOnFirstConnect: true,
  });
  let closing = false;
  void logStatus(connection, log);
  void connection.closed().then((error) => {
    if (!closing) throw new BusLostError('the connection to NATS ended', { cause: error ?? undefined });
  });
  const manager = await jetstreamManager(connection, { checkAPI: false });
  return {
    connection,
    client: jetstream(connection),
    manager,
    log,
    isUsable: async () => {
      if (connection.isClosed()) return false;
      return connection
        .rtt()
        .then(() => manager.getAccountInfo())
        .then(
          () => true,
          () => false,
        );
    },
    close: () => {
      closing = true;
      return closeConnection(connection);
    },
  };
}

/** How long messages may take to leave when a connection is closed. */
const drainMsMax = 2_000;

/**
 * Lets what is under way leave, then closes; without a server, which draining would wait for, it closes at once.
 * Idempotent.
 */
export async function closeConnection(connection: NatsConnection): Promise<void> {
  if (connection.isClosed()) return;
  const drained = connection
    .rtt()
    .then(() => connection.drain())
    .catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((resolve) => {
    timer = setTimeout(resolve, drainMsMax);
  });
  await Promise.race([drained, timeout]);
  clearTimeout(timer);
  if (!connection.isClosed()) await connection.close();
}

async function logStatus(connection: NatsConnection, log: BusLog): Promise<void> {
  for await (const status of connection.status()) {
    switch (status.type) {
      case 'disconnect':
      case 'reconnect':
      case 'staleConnection':
        log.warn({ status: status.type }, 'bus connection changed');
        break;
      case 'error':
        log.error({ err: status.error }, 'bus connection refused');
        break;
      default: // What happens in the course of the above.
    }
  }
}
