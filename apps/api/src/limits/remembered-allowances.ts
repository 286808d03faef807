import { type Allowance, takeRequest } from './take-request.js';

/** More than this is not remembered: about 10 MB. */
const rememberedMax = 100_000;

/**
 * How far each of many has used up an allowance. What is full again is forgotten; should there be too many who are not,
 * those that came first are, so that memory stays bounded whoever asks.
 */
export class RememberedAllowances {
  private readonly fullAt = new Map<string, number>();

  constructor(private readonly max = rememberedMax) {}

  /** Takes one request of somebody's. */
  take(who: string, perMinute: number, now: number): Allowance {
    const taken = takeRequest(this.fullAt.get(who), perMinute, now);
    this.fullAt.set(who, taken.fullAt);
    if (this.fullAt.size > this.max) this.forget(now);
    return taken;
  }

  /** Whether somebody has used it up, as seconds until there is some again; `null` while there is. Takes nothing. */
  usedUpFor(who: string, perMinute: number, now: number): number | null {
    const { isAllowed, retrySeconds } = takeRequest(this.fullAt.get(who), perMinute, now);
    return isAllowed ? null : retrySeconds;
  }

  private forget(now: number): void {
    for (const [who, fullAt] of this.fullAt) if (fullAt <= now) this.fullAt.delete(who);
    for (const who of this.fullAt.keys()) {
      // Half at a time, so that this is not done again at the next request.
      if (this.fullAt.size <= this.max / 2) return;
      this.fullAt.delete(who);
    }
  }
}
