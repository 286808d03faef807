import type { Consumer, JsMsg } from '@nats-io/jetstream';
import { type RunEvent, runEventConsumers, runEventSchemas, type RunEventSubject } from '@tidetable/contracts';
import type { Bus } from './bus.js';
import { ensureConsumer, ensureStream, streamName } from './stream.js';

/** What a handler knows about the delivery it handles. */
export interface Delivery {
  /** 1 for the first. */
  readonly count: number;
  /** Aborted when the service must stop and can wait no longer; the event is then delivered again elsewhere. */
  readonly signal: AbortSignal;
}

export interface ConsumeOptions<E> {
  /** How many events are handled at the same time by this process. */
  concurrency: number;
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
  /** Gives up on an event: makes its end known. Throwing means that giving up shall be tried again. */
  exhausted(event: E, error: unknown): Promise<void>;
}

/** Events being consumed. */
export interface Consumption {
  /**
   * Takes no new event and waits for those in hand, up to `drainMs`; then aborts them, so that another instance
   * takes them over at once. Idempotent.
   */
  stop(drainMs: number): Promise<void>;
}

/** How long one pull waits for a message; also the longest that an idle `stop` takes. The server's minimum. */
const pullExpiresMs = 1_000;
/** Pause after an error of the bus itself. */
const busRetryMs = 500;

/**
 * Consumes one subject with explicit acknowledgement: an event is acknowledged only after its handler returned.
 *
 * Each of `concurrency` loops pulls one message at a time, so that no message waits in a busy process while
 * another process is idle. What cannot be parsed is terminated and logged: it could never be handled. When the
 * server was away, or lost its state, the stream and consumer are ensured again and consumption goes on.
 */
export async function consumeEvents<S extends RunEventSubject>(
  bus: Bus,
  subject: S,
  options: ConsumeOptions<RunEvent<S>>,
): Promise<Consumption> {
  await ensureStream(bus);
  await ensureConsumer(bus, subject, options.ackWaitMs);

  const aborter = new AbortController();
  let stopping = false;

  const loop = async (): Promise<void> => {
    let consumer: Consumer | undefined;
    while (!stopping) {
      try {
        consumer ??= await bus.client.consumers.get(streamName, runEventConsumers[subject]);
        const message = await consumer.next({ expires: pullExpiresMs });
        if (message === null) continue;
        if (stopping) message.nak();
        else await handleMessage(bus, subject, message, options, aborter.signal);
      } catch (error) {
        if (stopping || bus.connection.isClosed()) return;
        bus.log.warn({ subject, err: error }, 'bus pull failed');
        consumer = undefined;
        await new Promise((resolve) => setTimeout(resolve, busRetryMs));
        await ensureStream(bus)
          .then(() => ensureConsumer(bus, subject, options.ackWaitMs))
          .catch(() => undefined); // The next round reports it.
      }
    }
  };

  const loops = Promise.all(Array.from({ length: options.concurrency }, loop));
  return {
    stop: async (drainMs) => {
      stopping = true;
      const timer = setTimeout(() => aborter.abort(new Error('the service is stopping')), drainMs);
      await loops;
      clearTimeout(timer);
    },
  };
}

async function handleMessage<S extends RunEventSubject>(
  bus: Bus,
  subject: S,
  message: JsMsg,
  options: ConsumeOptions<RunEvent<S>>,
  signal: AbortSignal,
): Promise<void> {
  const event = parse(subject, message);
  if (event === null) {
    bus.log.error({ subject, streamSequence: message.seq }, 'event could not be parsed and was dropped');
    message.term();
    return;
  }
  const count = message.info.deliveryCount;
  const ids = { subject, runId: event.runId, synchronizationId: event.synchronizationId, deliveryCount: count };
  const heartbeat = setInterval(() => message.working(), options.ackWaitMs / 3);
  try {
    if (count > options.deliveriesMax) {
      bus.log.error(ids, 'event was tried too often and is given up');
      await options.exhausted(event, new Error('the event was delivered too often'));
    } else {
      await options.handle(event, { count, signal });
    }
    message.ack();
  } catch (error) {
    if (signal.aborted) {
      message.nak();
      return;
    }
    bus.log.warn({ ...ids, err: error }, 'event could not be handled and will be tried again');
    message.nak(options.retryDelayMs(count));
  } finally {
    clearInterval(heartbeat);
  }
}

/** Every event is parsed when it arrives: what a type promises, only a schema proves. */
function parse<S extends RunEventSubject>(subject: S, message: JsMsg): RunEvent<S> | null {
  try {
    return runEventSchemas[subject].parse(message.json()) as RunEvent<S>;
  } catch {
    return null;
  }
}
