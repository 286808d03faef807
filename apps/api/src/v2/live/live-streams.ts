import type { IncomingHttpHeaders } from 'node:http';
import { feedSubject, feedSubjectOfAccount } from '@tidetable/contracts';
import type { FeedListener } from '@tidetable/jetstream';
import type { Asks } from '../../database/metadata-database.js';
import { Problem } from '../problems/problem.js';
import { LiveStream } from './live-stream.js';
import { readPresent, type Watched } from './read-changes.js';

/** So many streams an account has open at one api at most. */
const streamsMax = 20;
/** After so long a stream ends and its watcher comes back, perhaps to another api, in milliseconds. */
const lifetimeMs = 3_600_000;

/** What streams are made from. */
export interface LiveParts {
  readonly database: Asks;
  /** `null` where there is no bus: states are then told at the next look. */
  readonly feed: FeedListener | null;
  /** How often each stream looks by itself, shows that it lives, and has its key checked, in milliseconds. */
  readonly checkMs: number;
  /** Whose the key in these headers is. @throws Problem 401 or 403 */
  readonly authenticate: (headers: IncomingHttpHeaders) => Promise<unknown>;
}

/** All streams of one api: no more of an account than it may have, and all of them ended when the api stops. */
export class LiveStreams {
  private readonly open = new Map<string, Set<LiveStream>>();
  private isClosing = false;

  constructor(private readonly parts: LiveParts) {}

  /**
   * Opens a stream of what happens to the one, or to all, of an account.
   * @throws Problem 404 when the one is not there, 429 when the account has too many
   */
  async watch(watched: Watched, headers: IncomingHttpHeaders): Promise<LiveStream> {
    const { database, feed } = this.parts;
    const { accountId, synchronizationId } = watched;
    const isThere = synchronizationId === null || (await readPresent(database, watched)).length > 0;
    if (!isThere) throw new Problem('not-found');
    const streams = this.open.get(accountId) ?? new Set();
    if (streams.size >= streamsMax || this.isClosing) throw tooMany();
    this.open.set(accountId, streams);
    const subject =
      synchronizationId === null
        ? feedSubjectOfAccount(accountId)
        : feedSubject(accountId, synchronizationId);
    const stream = new LiveStream(database, watched, () => {
      clearInterval(timer);
      unlisten?.();
      streams.delete(stream);
      if (streams.size === 0) this.open.delete(accountId);
    });
    streams.add(stream);
    const unlisten = feed?.listen(subject, (of, message) => stream.hint(message, of));
    const timer = this.keepChecking(stream, headers);
    const lastEventId = headers['last-event-id'];
    const isGiven = typeof lastEventId === 'string' && lastEventId !== '';
    // Not waited for: what is told first may be more than fits before anybody reads.
    void stream.begin(isGiven ? lastEventId : undefined).catch(() => stream.end('failed'));
    return stream;
  }

  /** Ends all streams and opens no more. */
  close(): void {
    this.isClosing = true;
    for (const streams of this.open.values()) for (const stream of streams) stream.end('shutdown');
  }

  /** How many streams are open. */
  get count(): number {
    return [...this.open.values()].reduce((sum, streams) => sum + streams.size, 0);
  }

  private keepChecking(stream: LiveStream, headers: IncomingHttpHeaders): NodeJS.Timeout {
    const endsAtMs = performance.now() + lifetimeMs;
    return setInterval(() => {
      if (performance.now() > endsAtMs) stream.end('lifetime');
      else void this.check(stream, headers);
    }, this.parts.checkMs);
  }

  private async check(stream: LiveStream, headers: IncomingHttpHeaders): Promise<void> {
    try {
      await this.parts.authenticate(headers);
    } catch (error) {
      // While the database is away nobody knows better; a key that was taken back ends it.
      if (error instanceof Problem && (error.status === 401 || error.status === 403)) stream.end('key');
      return;
    }
    await stream.check();
  }
}

function tooMany(): Problem {
  return new Problem('streams-too-many', { headers: { 'retry-after': '10' } });
}
