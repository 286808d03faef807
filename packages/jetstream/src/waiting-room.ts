/**
 * Where things wait to become a batch. Three states: empty, when whoever asks for a batch waits; gathering, from the first
 * that enters until a batch is full or `gatherMs` are over; and closed, when nobody gets anything any more.
 */
export class WaitingRoom<T> {
  private waiting: T[] = [];
  private closed = false;
  /** Whether gathering for the ones that wait is over. */
  private ripe = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly takers: (() => void)[] = [];
  private readonly feeders: (() => void)[] = [];

  constructor(
    private readonly batchMax: number,
    private readonly gatherMs: number,
  ) {}

  /** Lets one in, also when there is no room: who asked for many must take them. */
  enter(one: T): void {
    this.waiting.push(one);
    if (this.waiting.length >= this.batchMax) this.ripen();
    else this.timer ??= setTimeout(() => this.ripen(), this.gatherMs);
  }

  /** Resolves once less than a batch waits, or it is closed. */
  async hasRoom(): Promise<void> {
    while (!this.closed && this.waiting.length >= this.batchMax) {
      await new Promise<void>((resolve) => this.feeders.push(resolve));
    }
  }

  /** The next batch, those that wait longest, as soon as it is full or gathered long enough; `null` once it is closed. */
  async next(): Promise<T[] | null> {
    while (!this.closed && !this.ripe) await new Promise<void>((resolve) => this.takers.push(resolve));
    if (this.closed) return null;
    const batch = this.waiting.splice(0, this.batchMax);
    // What is left has waited as well, so it is not gathered for again.
    this.ripe = this.waiting.length > 0;
    if (this.ripe) this.takers.shift()?.();
    this.feeders.splice(0).forEach((resume) => resume());
    return batch;
  }

  /** Hands nothing out any more; returns what was waiting. */
  close(): T[] {
    this.closed = true;
    clearTimeout(this.timer);
    this.takers.splice(0).forEach((resume) => resume());
    this.feeders.splice(0).forEach((resume) => resume());
    return this.waiting.splice(0);
  }

  private ripen(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    this.ripe = true;
    this.takers.shift()?.();
  }
}
