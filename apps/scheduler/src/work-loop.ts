import type { Logger } from '@tidetable/service-host';

const restMsMin = 250;
const restMsMax = 10_000;

/** How long a loop rests after so many failures in a row, in milliseconds: doubling from 250 up to 10,000. */
export function restMsAfter(failuresInARow: number): number {
  return Math.min(restMsMin * 2 ** (failuresInARow - 1), restMsMax);
}

/**
 * One kind of work, done when it is woken and never twice at the same time. Three modes:
 *   idle: the next wake starts a round;
 *   working: a wake is remembered and starts another round at once, as does work that says there is more;
 *   resting, after a failure: wakes are ignored for a while; whoever wakes it regularly ends the rest.
 */
export class WorkLoop {
  private wanted = false;
  private working = false;
  private stopping = false;
  private failuresInARow = 0;
  private restsUntilMs = 0;
  private round: Promise<void> = Promise.resolve();

  /** `work` returns whether there may be more of it right now; what it throws is logged. `turned` is told of each turn. */
  constructor(
    private readonly name: string,
    private readonly work: () => Promise<boolean>,
    private readonly logger: Logger,
    private readonly turned: (name: string, seconds: number, hasFailed: boolean) => void,
  ) {}

  /** Has the work done soon. Returns at once. */
  wake(): void {
    if (this.stopping || performance.now() < this.restsUntilMs) return;
    this.wanted = true;
    if (!this.working) this.round = this.workWhileWanted();
  }

  /** Begins no further round and waits for the present one. Idempotent. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.round;
  }

  private async timed(): Promise<boolean> {
    const startedAt = performance.now();
    let hasFailed = true;
    try {
      const more = await this.work();
      hasFailed = false;
      return more;
    } finally {
      this.turned(this.name, (performance.now() - startedAt) / 1_000, hasFailed);
    }
  }

  private async workWhileWanted(): Promise<void> {
    this.working = true;
    try {
      while (this.wanted && !this.stopping) {
        this.wanted = false;
        if (await this.timed()) this.wanted = true;
        this.failuresInARow = 0;
      }
    } catch (error) {
      this.failuresInARow += 1;
      this.restsUntilMs = performance.now() + restMsAfter(this.failuresInARow);
      this.logger.warn(
        { loop: this.name, failuresInARow: this.failuresInARow, err: error },
        'loop failed and rests',
      );
    } finally {
      this.working = false;
    }
  }
}
