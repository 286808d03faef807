/** Longer waits are taken for this, in milliseconds: some servers ask for years. */
const retryAfterMsMax = 60 * 60_000;

/**
 * How long an answer asks to be left alone, in milliseconds, when its status is one at which that means something;
 * else `null`. It may say so in seconds or by a date.
 */
export function retryAfterMs(status: number, header: string | undefined, nowMs: number): number | null {
  if ((status !== 429 && status !== 503) || header === undefined) return null;
  const text = header.trim();
  const waitMs = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 0), retryAfterMsMax);
}
