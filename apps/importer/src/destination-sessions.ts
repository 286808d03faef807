import type { Client } from 'pg';
import { breakOnAbort, connectDestination, renew } from './destination-database.js';

/** A connection to the destination database, lent for a while. */
export interface Session {
  readonly client: Client;
  /** Gives it back, whatever became of it; the next to use it finds nothing of it. Never throws. */
  readonly release: () => Promise<void>;
}

/**
 * An unused connection is kept for so long: under load it is used again within a moment, and whatever ends
 * connections that are quiet does not come across it.
 */
const idleMsMax = 10_000;
/** The server keeps, for every connection, what it learned about each table: no connection grows for ever. */
const ageMsMax = 300_000;

/**
 * Connections to the destination database that outlive the import they were made for. A connection costs the server
 * more than the import of a small file: a process of its own that has to load PostGIS first.
 *
 * As many are lent as are asked for at the same time; none is shared.
 */
export class DestinationSessions {
  private readonly idle = new Map<Client, NodeJS.Timeout>();
  private readonly bornAt = new WeakMap<Client, number>();
  private isClosed = false;

  constructor(private readonly url: string) {}

  /** Lends a connection. It breaks, with what it is doing, when the signal aborts. */
  async open(signal?: AbortSignal): Promise<Session> {
    const client = this.takeIdle() ?? (await this.connect(signal));
    const callOff = breakOnAbort(client, signal);
    let isReleased = false;
    return {
      client,
      release: async () => {
        callOff();
        if (!isReleased) await this.takeBack(client);
        isReleased = true;
      },
    };
  }

  /** Ends what is not lent now, and the others when they are given back. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(Array.from(this.idle.keys(), (client) => this.end(client)));
  }

  private async connect(signal?: AbortSignal): Promise<Client> {
    const client = await connectDestination(this.url, signal);
    this.bornAt.set(client, performance.now());
    client.once('end', () => this.forget(client));
    return client;
  }

  /** The one used last, so that those which are too many grow idle. */
  private takeIdle(): Client | undefined {
    const client = Array.from(this.idle.keys()).at(-1);
    if (client !== undefined) this.forget(client);
    return client;
  }

  private async takeBack(client: Client): Promise<void> {
    const isOld = performance.now() - this.bornAt.get(client)! > ageMsMax;
    const isSound =
      !isOld &&
      (await renew(client).then(
        () => true,
        () => false,
      ));
    if (!isSound || this.isClosed) await this.end(client);
    else
      this.idle.set(
        client,
        setTimeout(() => void this.end(client), idleMsMax),
      );
  }

  private forget(client: Client): void {
    clearTimeout(this.idle.get(client));
    this.idle.delete(client);
  }

  private async end(client: Client): Promise<void> {
    this.forget(client);
    await client.end().catch(() => undefined);
  }
}
