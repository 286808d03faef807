/** No failed event rests longer than so many times the first rest. */
const retryDelayFactorMax = 60;

/** How long an event rests after its n-th failed delivery: `firstMs`, doubled each time, at most sixty times as long. */
export function retryDelayMs(deliveryCount: number, firstMs: number): number {
  return firstMs * Math.min(2 ** (deliveryCount - 1), retryDelayFactorMax);
}
