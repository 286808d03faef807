import type { JsMsg } from '@nats-io/jetstream';
import type { RunEvent, RunEventSubject } from '@tidetable/contracts';
import type { Bus } from './bus.js';
import { noteHandled } from '@tidetable/telemetry';
import { ackTimeoutMs } from './handle-message.js';
import { traceParentOf } from './trace-headers.js';

/** An event of a batch, with where it came from. */
export type BatchedEvent<S extends RunEventSubject> = {
  [Each in S]: { readonly subject: Each; readonly event: RunEvent<Each> };
}[S];

/** An event in hand. */
export interface Received<S extends RunEventSubject> {
  readonly subject: S;
  readonly event: RunEvent<S>;
  readonly message: JsMsg;
}

/** How batches are treated. */
export interface BatchHandling<S extends RunEventSubject> {
  /**
   * How long the server waits for a sign of life before it delivers an event to another, in milliseconds. A process that
   * is alive gives one every third of this.
   */
  ackWaitMs: number;
  /** How long a failed event rests before the next try, in milliseconds, by the number of tries so far. */
  retryDelayMs(deliveryCount: number): number;
  /**
   * Does the work. Answers for each event, in order, what kept it from being handled, or `null` when its effect is
   * durable; throwing means that all shall be tried again.
   */
  handle(events: readonly BatchedEvent<S>[]): Promise<readonly (Error | null)[]>;
}

/**
 * Handles a batch to its end: each event is acknowledged when its effect is durable, and set back for later when it is
 * not. Never throws.
 */
export async function handleBatch<S extends RunEventSubject>(
  bus: Bus,
  batch: readonly Received<S>[],
  handling: BatchHandling<S>,
): Promise<void> {
  const beganAt = Date.now();
  const failures = await failuresOf(bus, batch, handling);
  traceBatch(batch, failures, beganAt);
  // Without a connection nothing can be said: the server delivers them again when no sign of life comes.
  if (bus.connection.isClosed()) return;
  const done = batch.filter((_, at) => failures[at] === null);
  batch.forEach(({ message }, at) => {
    if (failures[at] !== null) message.nak(handling.retryDelayMs(message.info.deliveryCount));
  });
  await acknowledge(bus, done);
}

/** Each event of a batch is a span of its own trace, since the batch is none of the customer's. */
function traceBatch<S extends RunEventSubject>(
  batch: readonly Received<S>[],
  failures: readonly unknown[],
  beganAt: number,
): void {
  batch.forEach(({ subject, event, message }, at) => {
    const traceParent = traceParentOf(message);
    if (traceParent === undefined) return;
    const { runId, synchronizationId } = event;
    noteHandled(subject, traceParent, { runId, synchronizationId }, beganAt, failures[at] !== null);
  });
}

/** Told once where the whole batch fails: that says nothing about any of its events. */
async function failuresOf<S extends RunEventSubject>(
  bus: Bus,
  batch: readonly Received<S>[],
  handling: BatchHandling<S>,
): Promise<readonly unknown[]> {
  try {
    const failures = await handling.handle(batch);
    batch.forEach((received, at) => failures[at] !== null && tellFailure(bus, received, failures[at]));
    return failures;
  } catch (error) {
    bus.log.warn({ events: batch.length, err: error }, 'events could not be handled and will be tried again');
    return batch.map(() => error);
  }
}

function tellFailure<S extends RunEventSubject>(
  bus: Bus,
  { subject, event, message }: Received<S>,
  failure: unknown,
): void {
  const { runId, synchronizationId } = event;
  const { deliveryCount } = message.info;
  bus.log.warn(
    { subject, runId, synchronizationId, deliveryCount, err: failure },
    'event could not be handled and will be tried again',
  );
}

/**
 * Acknowledges all, and waits until the server has confirmed the last one of each subject: it takes them in order, so that
 * then nothing that was done is still pending, at the price of one answer instead of hundreds.
 */
async function acknowledge<S extends RunEventSubject>(bus: Bus, done: readonly Received<S>[]): Promise<void> {
  const last = new Map(done.map(({ subject, message }) => [subject, message]));
  for (const { subject, message } of done) if (last.get(subject) !== message) message.ack();
  await Promise.all(
    [...last].map(([subject, message]) =>
      message.ackAck({ timeout: ackTimeoutMs }).catch((error: unknown) => {
        bus.log.warn({ subject, err: error }, 'events were handled but may be delivered again');
      }),
    ),
  );
}
