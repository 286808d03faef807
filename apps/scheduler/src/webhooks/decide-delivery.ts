import type { DeliverWebhookV1Reply, DeliveryProblemCode } from '@tidetable/contracts';

/** A delivery is tried for so long, in seconds; then it is given up. */
export const seriesSecondsMax = 86_400;
/** The pauses between two attempts, in seconds: as long as it was tried so far, within these bounds. */
const pauseSecondsMin = 5;
const pauseSecondsMax = 14_400;
/** What may be added to a pause, as a share of it, so that what failed together is not tried together for ever. */
const spreadShare = 0.1;
/** Where nothing was learnt about the target it is tried again after so many seconds. */
const silencePauseSeconds = 15;

/** What is known after an attempt; `null` when no fetcher said how it went. */
export type AttemptResult = DeliverWebhookV1Reply | null;

/** What becomes of a delivery after an attempt. */
export type DeliveryDecision =
  | { readonly state: 'delivered'; readonly status: number }
  | {
      readonly state: 'pending';
      readonly status: number | null;
      readonly code: DeliveryProblemCode;
      readonly pauseSeconds: number;
    }
  | {
      readonly state: 'failed';
      readonly status: number | null;
      readonly code: DeliveryProblemCode;
      /** Why the webhook itself is given up. */
      readonly disables: 'gone' | 'undelivered';
    };

/**
 * Decides what follows an attempt: done with a status of the 200s; at an end, with the webhook, when the server says
 * that it is gone, or after a day; else again after a pause that grows with the time, and not before the server wants it. The last
 * attempt is at the end of the day. An attempt of which nothing is known is our own fault, and gives nothing up.
 *
 * `triedSeconds` is how long ago the first attempt was; `spread` is from 0 to 1.
 */
export function decideDelivery(
  result: AttemptResult,
  { triedSeconds, spread }: { triedSeconds: number; spread: number },
): DeliveryDecision {
  if (result === null) {
    return { state: 'pending', status: null, code: 'not-attempted', pauseSeconds: silencePauseSeconds };
  }
  const { status, code } =
    result.outcome === 'failed' ? { status: null, code: result.code } : judgeStatus(result.status);
  if (code === null) return { state: 'delivered', status };
  if (code === 'target-gone') return { state: 'failed', status, code, disables: 'gone' };
  if (triedSeconds >= seriesSecondsMax - 1) return { state: 'failed', status, code, disables: 'undelivered' };
  const grown =
    Math.min(Math.max(triedSeconds, pauseSecondsMin), pauseSecondsMax) * (1 + spreadShare * spread);
  const wanted = result.outcome === 'answered' ? (result.retryAfterSeconds ?? 0) : 0;
  const pauseSeconds = Math.min(Math.max(grown, wanted), seriesSecondsMax - triedSeconds);
  return { state: 'pending', status, code, pauseSeconds };
}

/** What a status says about the delivery; no code when it was taken. */
function judgeStatus(
  status: number,
): { status: number; code: null } | { status: number; code: DeliveryProblemCode } {
  if (status >= 200 && status < 300) return { status, code: null };
  if (status === 410) return { status, code: 'target-gone' };
  if (status === 429 || status === 503) return { status, code: 'target-busy' };
  if (status >= 300 && status < 400) return { status, code: 'target-redirects' };
  if (status >= 400 && status < 500) return { status, code: 'target-refuses' };
  return { status, code: status >= 500 && status < 600 ? 'target-fails' : 'target-http-error' };
}
