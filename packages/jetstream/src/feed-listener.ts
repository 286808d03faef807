import { type FeedMessage, feedMessageSchema } from '@tidetable/contracts';
import { connect, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { type BusLog, closeConnection, natsConnectionOptions } from './bus.js';

/** Pause before a server that was not there is tried again, in milliseconds. */
const retryMs = 2_000;

/** Hears a message of the feed, and of which synchronization it is. */
export type OnFeedMessage = (synchronizationId: string, message: FeedMessage) => void;

interface Watch {
  readonly listeners: Set<OnFeedMessage>;
  subscription: Subscription | undefined;
}

/**
 * Listens to the feed, to no more of it than somebody wants. Connects in the background when the first one does, and goes on trying: without a
 * server nothing is heard, and nothing fails.
 */
export class FeedListener {
  private readonly watches = new Map<string, Watch>();
  private connection: NatsConnection | undefined;
  private connecting: Promise<void> | undefined;
  private isClosing = false;

  constructor(
    private readonly url: string,
    private readonly name: string,
    private readonly log: BusLog,
  ) {}

  /** Has a listener hear what comes on a subject, until what is returned is called. */
  listen(subject: string, listener: OnFeedMessage): () => void {
    const watch: Watch = this.watches.get(subject) ?? { listeners: new Set(), subscription: undefined };
    this.watches.set(subject, watch);
    watch.listeners.add(listener);
    this.subscribe(subject, watch);
    this.connecting ??= this.keepConnecting();
    return () => {
      watch.listeners.delete(listener);
      if (watch.listeners.size > 0 || this.watches.get(subject) !== watch) return;
      watch.subscription?.unsubscribe();
      this.watches.delete(subject);
    };
  }

  /** How many subjects are listened to. */
  get subjectsCount(): number {
    return this.watches.size;
  }

  /** Hears nothing more. Idempotent. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.watches.clear();
    if (this.connection !== undefined) await closeConnection(this.connection);
  }

  private async keepConnecting(): Promise<void> {
    while (!this.isClosing && this.connection === undefined) {
      try {
        const options = natsConnectionOptions(this.url);
        this.connection = await connect({
          ...options,
          name: this.name,
          maxReconnectAttempts: -1,
          reconnectTimeWait: 250,
        });
      } catch (error) {
        this.log.warn({ err: error }, 'the feed can not be listened to yet');
        await new Promise((resolve) => setTimeout(resolve, retryMs).unref());
      }
    }
    if (this.isClosing) await this.connection?.close();
    else for (const [subject, watch] of this.watches) this.subscribe(subject, watch);
  }

  private subscribe(subject: string, watch: Watch): void {
    if (this.connection === undefined || watch.subscription !== undefined) return;
    watch.subscription = this.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error !== null) return;
        const parsed = parse(message.string());
        if (parsed === null) return;
        const synchronizationId = message.subject.slice(message.subject.lastIndexOf('.') + 1);
        for (const listener of watch.listeners) listener(synchronizationId, parsed);
      },
    });
  }
}

/** What cannot be read is as good as lost. */
function parse(text: string): FeedMessage | null {
  try {
    return feedMessageSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
