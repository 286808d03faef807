import type { JsMsg } from '@nats-io/jetstream';
import type { RunEvent, RunEventSubject } from '@tidetable/contracts';
import type { Bus } from './bus.js';
import { traceHandling } from '@tidetable/telemetry';
import { parseMessage } from './parse-message.js';
import { traceParentOf } from './trace-headers.js';

/** What a handler knows about the delivery it handles. */
export interface Delivery {
  /** 1 for the first. */
  readonly count: number;
  /** Aborted when the service must stop and can wait no longer; the event is then delivered again elsewhere. */
  readonly signal: AbortSignal;
}

/** How one event is treated. */
export interface Handling<E> {
  /**
   * How long the server waits for a sign of life before it delivers the event to another, in milliseconds.
   * A handler that is alive gives one every third of this.
   */
  ackWaitMs: number;
  /** How often an event is tried before `exhausted` is called for it. */
  deliveriesMax: number;
  /** How long a failed event rests before the next try, in milliseconds, by the number of tries so far. */
  retryDelayMs(deliveryCount: number): number;
  /** Does the work. Returning means that its effect is durable; throwing means that it shall be tried again. */
  handle(event: E, delivery: Delivery): Promise<void>;
  /**
   * Gives up on an event: makes its end known. Called right after the last try with its error, or on a later
   * delivery when the process that tried did not live to say so. Throwing means that giving up shall be tried again.
   */
  exhausted(event: E, error: unknown): Promise<void>;
}

/** How long the server may take to confirm an acknowledgement. */
export const ackTimeoutMs = 5_000;

/**
 * Handles one delivered message to its end: acknowledged when its handler returned, set back for later when it threw,
 * handed back at once when it threw because of `signal`, terminated when it is no event and never will be.
 */
export async function handleMessage<S extends RunEventSubject>(
  bus: Bus,
  subject: S,
  message: JsMsg,
  handling: Handling<RunEvent<S>>,
  signal: AbortSignal,
): Promise<void> {
  const event = parseMessage(bus, subject, message);
  if (event === null) return;
  const count = message.info.deliveryCount;
  const ids = {
    subject,
    runId: event.runId,
    synchronizationId: event.synchronizationId,
    deliveryCount: count,
  };
  const heartbeat = setInterval(() => {
    if (!bus.connection.isClosed()) message.working();
  }, handling.ackWaitMs / 3);
  try {
    await traceHandling(subject, traceParentOf(message), ids, () =>
      tryEvent(bus, ids, event, handling, { count, signal }),
    );
  } catch (error) {
    if (!signal.aborted)
      bus.log.warn({ ...ids, err: error }, 'event could not be handled and will be tried again');
    // Without a connection nothing can be said: the server delivers it again when no sign of life comes.
    if (!bus.connection.isClosed()) message.nak(signal.aborted ? undefined : handling.retryDelayMs(count));
    return;
  } finally {
    clearInterval(heartbeat);
  }
  // Confirmed, so that nothing that was done is still pending when the service has stopped.
  await message.ackAck({ timeout: ackTimeoutMs }).catch((error: unknown) => {
    bus.log.warn({ ...ids, err: error }, 'event was handled but may be delivered again');
  });
}

async function tryEvent<E>(
  bus: Bus,
  ids: object,
  event: E,
  handling: Handling<E>,
  delivery: Delivery,
): Promise<void> {
  const giveUp = (error: unknown): Promise<void> => {
    bus.log.error({ ...ids, err: error }, 'event was tried too often and is given up');
    return handling.exhausted(event, error);
  };
  if (delivery.count > handling.deliveriesMax) {
    return giveUp(new Error('the event was delivered too often'));
  }
  try {
    await handling.handle(event, delivery);
  } catch (error) {
    if (delivery.signal.aborted || delivery.count < handling.deliveriesMax) throw error;
    await giveUp(error);
  }
}
