import { Readable } from 'node:stream';
import type { FeedMessage } from '@tidetable/contracts';
import type { Asks } from '../../database/metadata-database.js';
import { type EventCursor, readCursorId, settledMicroseconds, ToldEvents } from './event-cursor.js';
import { readChanges, readClock, readPresent, type Watched } from './read-changes.js';
import { stateEventsOf } from './state-events.js';

/** While so much waits to be read nothing more is written, in bytes; progress is left out, as the next one says more. */
const waitingBytesMax = 65_536;
/** Who reads nothing for so long while something waits is hung up on, in milliseconds. */
const slowMsMax = 10_000;
/** Hints that come in such a time are looked after at once, in milliseconds. */
const gatherMs = 50;
/** Who comes back later than this begins anew, in microseconds. */
const resumableMicroseconds = 7 * 86_400 * 1_000_000;

/** Why a stream ended, for whoever wants to know. */
export type EndReason = 'shutdown' | 'lifetime' | 'key' | 'deleted' | 'failed';

/**
 * What one watcher is told. States come from the metadata alone: a hint only says when to look, so what is told is true, in order, and
 * told once, and what no hint told of is found at the next look. Progress is passed on as it comes.
 */
export class LiveStream {
  readonly output: Readable;
  private told: ToldEvents | undefined;
  private looking: Promise<void> | undefined;
  private isWanted = false;
  private timer: NodeJS.Timeout | undefined;
  /** Called when something was read. */
  private onRead: () => void = () => undefined;

  constructor(
    private readonly database: Asks,
    private readonly watched: Watched,
    private readonly onClosed: () => void,
    private readonly slowMs = slowMsMax,
  ) {
    this.output = new Readable({ read: () => this.onRead(), highWaterMark: waitingBytesMax });
    this.output.once('close', () => {
      this.onRead();
      clearTimeout(this.timer);
      this.onClosed();
    });
    // Who is gone is gone; what was written for it meets nobody.
    this.output.on('error', () => undefined);
  }

  /**
   * Begins: with what has changed since the event of the id, or with the present state.
   * @throws what the database throws
   */
  async begin(lastEventId: string | undefined): Promise<void> {
    this.write('retry: 2000\n\n');
    const cursor = lastEventId === undefined ? null : readCursorId(lastEventId);
    const now = await readClock(this.database);
    if (cursor !== null && cursor.newest <= now && now - cursor.newest < resumableMicroseconds) {
      this.told = new ToldEvents(cursor);
    } else {
      if (lastEventId !== undefined) this.send('reset', {});
      await this.beginAnew(now);
    }
    // What came while it was asked where it was is found as well.
    await this.lookOnce();
  }

  /** Something may have changed. */
  hint(message: FeedMessage, synchronizationId: string): void {
    if (message.kind === 'state') this.timer ??= setTimeout(() => this.lookSoon(), gatherMs);
    else this.tellProgress(message, synchronizationId);
  }

  /** Looks whether anything has changed, and shows that the connection lives. Never rejects. */
  async check(): Promise<void> {
    if (this.hasRoom()) this.write(': still here\n\n');
    await this.lookOnce();
  }

  /** Ends it with the reason. */
  end(reason: EndReason): void {
    if (this.output.destroyed) return;
    this.send('end', { reason });
    this.output.push(null);
  }

  private lookSoon(): void {
    this.timer = undefined;
    void this.lookOnce();
  }

  /** One look at a time; who asks during one gets another one after it. */
  private async lookOnce(): Promise<void> {
    this.isWanted = true;
    this.looking ??= this.lookWhileWanted().finally(() => (this.looking = undefined));
    await this.looking;
  }

  private async lookWhileWanted(): Promise<void> {
    // What the database refuses now is found at the next look.
    while (this.isWanted && !this.output.destroyed) {
      this.isWanted = false;
      await this.look().catch(() => undefined);
    }
  }

  private async look(): Promise<void> {
    const { told } = this;
    if (told === undefined) return;
    const runs = await readChanges(this.database, this.watched, told.from);
    if (runs === null) {
      this.send('reset', {});
      await this.beginAnew(await readClock(this.database));
      return;
    }
    for (const { at, mark, data } of stateEventsOf(runs)) {
      if (told.has(mark, at)) continue;
      await this.room();
      if (this.output.destroyed) return;
      this.send('state', data, told.note(mark, at));
    }
    await this.endIfDeleted();
  }

  private async endIfDeleted(): Promise<void> {
    if (this.watched.synchronizationId === null) return;
    if ((await readPresent(this.database, this.watched)).length === 0) this.end('deleted');
  }

  /** Tells the present states; what led to them counts as told. */
  private async beginAnew(now: number): Promise<void> {
    const cursor: EventCursor = { newest: now, floor: now - settledMicroseconds, marks: new Set() };
    const told = new ToldEvents(cursor);
    const recent = await readChanges(this.database, this.watched, told.from);
    for (const { at, mark } of stateEventsOf(recent ?? [])) if (!told.has(mark, at)) told.note(mark, at);
    const states = await readPresent(this.database, this.watched);
    this.told = told;
    const synchronizations = states.map(({ synchronizationId, table, state, runId, runNumber }) => ({
      ...{ synchronization_id: synchronizationId, table, state, run_id: runId, run_number: runNumber },
    }));
    this.send('snapshot', { synchronizations }, told.id());
  }

  private tellProgress(message: Extract<FeedMessage, { kind: 'progress' }>, synchronizationId: string): void {
    if (!this.hasRoom()) return;
    const { runId, phase, bytes, bytesTotal, rows } = message;
    this.send('progress', {
      ...{ synchronization_id: synchronizationId, run_id: runId, phase },
      ...{ bytes: bytes ?? null, bytes_total: bytesTotal ?? null, rows: rows ?? null },
    });
  }

  private send(event: string, data: object, id?: string): void {
    const lines = [
      `event: ${event}`,
      ...(id === undefined ? [] : [`id: ${id}`]),
      `data: ${JSON.stringify(data)}`,
    ];
    this.write(`${lines.join('\n')}\n\n`);
  }

  private write(text: string): void {
    if (this.output.destroyed || this.output.readableEnded) return;
    this.output.push(text);
  }

  private hasRoom(): boolean {
    return this.output.readableLength < waitingBytesMax;
  }

  /** Waits until what was written has been read so far that there is room for more; hangs up on who reads nothing. */
  private async room(): Promise<void> {
    while (!this.hasRoom() && !this.output.destroyed) {
      const timer = setTimeout(() => this.output.destroy(), this.slowMs);
      await new Promise<void>((resolve) => (this.onRead = resolve));
      clearTimeout(timer);
    }
  }
}
