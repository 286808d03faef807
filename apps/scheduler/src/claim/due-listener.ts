import type { Logger } from '@tidetable/service-host';
import { Client } from 'pg';

/** Pause before a lost connection is made anew, in milliseconds: doubling with each failure, up to the second. */
const reconnectMsMin = 250;
const reconnectMsMax = 2_000;
const connectTimeoutMs = 5_000;

/**
 * Hears at once when something became due, or must not go on: channels of the metadata database are notified in the
 * transaction that makes it so. It has a connection of its own, since a pooled one would forget what it listens to. What
 * was said while the connection was away is lost, so all are also called after every connecting.
 */
export class DueListener {
  private stopping = false;
  private listening: Promise<void> | undefined;
  /** Ends the present connection; replaced with each one. */
  private hangUp = (): void => undefined;

  constructor(
    private readonly databaseUrl: string,
    /** What to call, by channel. */
    private readonly onChannel: Readonly<Record<string, () => void>>,
    private readonly logger: Logger,
  ) {}

  /** Begins to listen, and goes on whatever happens to the connection. */
  start(): void {
    this.listening ??= this.keepListening();
  }

  /** Closes the connection. Idempotent. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.hangUp();
    await this.listening;
  }

  private async keepListening(): Promise<void> {
    let pauseMs = reconnectMsMin;
    while (!this.stopping) {
      try {
        await this.listenUntilLost();
        pauseMs = reconnectMsMin;
      } catch (error) {
        this.logger.warn({ err: error }, 'listening for due synchronizations failed');
        pauseMs = Math.min(2 * pauseMs, reconnectMsMax);
      }
      if (!this.stopping) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  private async listenUntilLost(): Promise<void> {
    const client = new Client({
      connectionString: this.databaseUrl,
      application_name: 'tidetable-listener',
      keepAlive: true,
      connectionTimeoutMillis: connectTimeoutMs,
    });
    const over = new Promise<void>((resolve) => {
      client.on('end', resolve);
      client.on('error', () => resolve());
      this.hangUp = resolve;
    });
    try {
      await client.connect();
      client.on('notification', ({ channel }) => this.onChannel[channel]?.());
      for (const channel of Object.keys(this.onChannel)) await client.query(`LISTEN ${channel}`);
      for (const call of Object.values(this.onChannel)) call();
      await over;
      if (!this.stopping) this.logger.warn('connection for due synchronizations lost');
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
