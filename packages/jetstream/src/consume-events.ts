import type { Consumer, JsMsg } from '@nats-io/jetstream';
import { type RunEvent, runEventConsumers, type RunEventSubject } from '@tidetable/contracts';
import { abandonable } from './abandonable.js';
import type { Bus } from './bus.js';
import { handleMessage, type Handling } from './handle-message.js';
import { ensureConsumer, ensureStream, streamName } from './stream.js';

export interface ConsumeOptions<E> extends Handling<E> {
  /** How many events are handled at the same time by this process. */
  concurrency: number;
}

/** Events being consumed. */
export interface Consumption {
  /**
   * Takes no new event and waits for those in hand, up to `drainMs`; then aborts them, so that another instance
   * takes them over at once. Returns when nothing is in hand any more. Idempotent.
   */
  stop(drainMs: number): Promise<void>;
}

/** How long one pull waits for a message; also the longest that an idle `stop` takes. The server's minimum. */
const pullExpiresMs = 1_000;
/** Pause after an error of the bus itself. */
const busRetryMs = 500;
/** How long after `stop` a call to the bus is waited for; one that takes longer has lost its server. */
const busPatienceMs = 2 * pullExpiresMs;

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
  const ensure = async (): Promise<void> => {
    await ensureStream(bus);
    await ensureConsumer(bus, subject, options.ackWaitMs);
  };
  await ensure();

  const aborter = new AbortController();
  let stopping = false;
  const busCalls = abandonable();

  const nextMessage = async (consumer: Consumer | undefined): Promise<[Consumer, JsMsg | null]> => {
    const found = consumer ?? (await bus.client.consumers.get(streamName, runEventConsumers[subject]));
    return [found, await found.next({ expires: pullExpiresMs })];
  };

  const loop = async (): Promise<void> => {
    let consumer: Consumer | undefined;
    while (!stopping && !bus.connection.isClosed()) {
      try {
        const next = await busCalls.wait(nextMessage(consumer));
        if (next === null) return;
        const [found, message] = next;
        consumer = found;
        if (message === null) continue;
        if (stopping) message.nak();
        else await handleMessage(bus, subject, message, options, aborter.signal);
      } catch (error) {
        if (stopping || bus.connection.isClosed()) return;
        bus.log.warn({ subject, err: error }, 'bus pull failed');
        consumer = undefined;
        await new Promise((resolve) => setTimeout(resolve, busRetryMs));
        // What fails here is reported by the next round.
        await busCalls.wait(ensure().catch(() => undefined));
      }
    }
  };

  const loops = Promise.all(Array.from({ length: options.concurrency }, loop));
  return {
    stop: async (drainMs) => {
      stopping = true;
      const timers = [
        setTimeout(() => aborter.abort(new Error('the service is stopping')), drainMs),
        setTimeout(() => busCalls.abandon(), busPatienceMs),
      ];
      await loops;
      timers.forEach(clearTimeout);
    },
  };
}
