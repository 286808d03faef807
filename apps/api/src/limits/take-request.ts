/** In how long an allowance is full again after it was used up, in seconds. */
export const allowanceSeconds = 60;

/** What is left of an allowance after one more request. */
export interface Allowance {
  readonly isAllowed: boolean;
  /** When it is full again, in milliseconds: all that needs to be remembered. */
  readonly fullAt: number;
  readonly remaining: number;
  /** Until it is full again. */
  readonly resetSeconds: number;
  /** Until the next request is allowed; 0 when one is already. */
  readonly retrySeconds: number;
}

/**
 * Takes one request from an allowance of so many a minute. It fills evenly and holds those of one minute: so many may come
 * at once, and then as many as flow in. A request that is refused takes nothing.
 *
 * @param fullAt what is remembered from the request before, or undefined
 * @param now a clock that never goes back, in milliseconds
 */
export function takeRequest(fullAt: number | undefined, perMinute: number, now: number): Allowance {
  const oneMs = (allowanceSeconds * 1_000) / perMinute;
  const emptyMs = allowanceSeconds * 1_000;
  const before = Math.max(fullAt ?? now, now);
  const wanted = before + oneMs;
  // Sums of fractions: a thousandth of a millisecond must not cost a request.
  const isAllowed = wanted - now <= emptyMs + 0.001;
  const after = isAllowed ? wanted : before;
  const room = emptyMs + 0.001 - (after - now);
  return {
    isAllowed,
    fullAt: after,
    remaining: Math.max(0, Math.floor(room / oneMs)),
    resetSeconds: Math.ceil((after - now) / 1_000),
    retrySeconds: room >= oneMs ? 0 : Math.max(1, Math.ceil((oneMs - room) / 1_000)),
  };
}
