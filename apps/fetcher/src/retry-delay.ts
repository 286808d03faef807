/** No failed event rests longer than this, in milliseconds. */
const retryDelayMsMax = 60_000;

/** How long an event rests after its n-th failed delivery: `firstMs`, doubled each time, at most a minute. */
export function retryDelayMs(deliveryCount: number, firstMs: number): number {
  return Math.min(firstMs * 2 ** (deliveryCount - 1), Math.max(firstMs, retryDelayMsMax));
}
