import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { runEventConsumers, type RunEventSubject } from '@tidetable/contracts';
import { abandonable } from './abandonable.js';
import type { Bus } from './bus.js';
import type { Consumption } from './consume-events.js';
import { type BatchHandling, handleBatch, type Received } from './handle-batch.js';
import { parseMessage } from './parse-message.js';
import { ensureConsumer, ensureStream, streamName } from './stream.js';
import { WaitingRoom } from './waiting-room.js';

export interface BatchOptions<S extends RunEventSubject> extends BatchHandling<S> {
  /** The most events in a batch. */
  eventsMax: number;
  /** How long an event waits for others to make a batch with, in milliseconds. */
  gatherMs: number;
  /** How many batches are handled at the same time by this process. */
  concurrency: number;
}

/** How long one pull waits for messages; also the longest that an idle `stop` takes. */
const pullExpiresMs = 1_000;
/** Pause after an error of the bus itself. */
const busRetryMs = 500;
/** How long after `stop` a call to the bus is waited for; one that takes longer has lost its server. */
const busPatienceMs = 2 * pullExpiresMs;

/**
 * Consumes several subjects in batches that mix them, with explicit acknowledgement: an event is acknowledged only
 * after the batch that it was in was handled. A batch is what arrived while others were handled, and within `gatherMs`
 * of its first event: so one alone waits for almost nothing, and many cost little each. Never more are pulled than two
 * batches; those wait in this process, kept alive, though another may be idle: only for what takes milliseconds.
 *
 * What cannot be parsed is terminated and logged, one by one. When the server was away, or lost its state, the stream
 * and the consumers are ensured again and consumption goes on. Stopping hands back what waits and finishes what is in
 * hand, however long that takes.
 */
export async function consumeBatches<S extends RunEventSubject>(
  bus: Bus,
  subjects: readonly S[],
  options: BatchOptions<S>,
): Promise<Consumption> {
  const ensure = async (): Promise<void> => {
    await ensureStream(bus);
    for (const subject of subjects) await ensureConsumer(bus, subject, options.ackWaitMs);
  };
  await ensure();

  const room = new WaitingRoom<Received<S>>(options.eventsMax, options.gatherMs);
  const inHand = new Set<JsMsg>();
  const pulls = new Set<ConsumerMessages>();
  const busCalls = abandonable();
  let stopping = false;
  const isOver = (): boolean => stopping || bus.connection.isClosed();

  /** One pull: events come in as they arrive, until the batch is full or the time is over. */
  const pull = async (subject: S, consumer: Consumer): Promise<void> => {
    const messages = await consumer.fetch({ max_messages: options.eventsMax, expires: pullExpiresMs });
    pulls.add(messages);
    try {
      for await (const message of messages) {
        if (stopping) message.nak();
        else receive(subject, message);
      }
    } finally {
      pulls.delete(messages);
    }
  };
  const receive = (subject: S, message: JsMsg): void => {
    const event = parseMessage(bus, subject, message);
    if (event === null) return;
    inHand.add(message);
    room.enter({ subject, event, message });
  };

  const keepPulling = async (subject: S): Promise<void> => {
    let consumer: Consumer | null = null;
    while (!isOver()) {
      try {
        await room.hasRoom();
        consumer ??= await busCalls.wait(bus.client.consumers.get(streamName, runEventConsumers[subject]));
        if (consumer === null || isOver()) return;
        await busCalls.wait(pull(subject, consumer));
      } catch (error) {
        if (isOver()) return;
        bus.log.warn({ subject, err: error }, 'bus pull failed');
        consumer = null;
        await new Promise((resolve) => setTimeout(resolve, busRetryMs));
        // What fails here is reported by the next round.
        await busCalls.wait(ensure().catch(() => undefined));
      }
    }
  };

  const keepHandling = async (): Promise<void> => {
    for (let batch = await room.next(); batch !== null; batch = await room.next()) {
      await handleBatch(bus, batch, options);
      for (const { message } of batch) inHand.delete(message);
    }
  };

  const heartbeat = setInterval(() => {
    if (!bus.connection.isClosed()) for (const message of inHand) message.working();
  }, options.ackWaitMs / 3);
  const pulling = Promise.all(subjects.map(keepPulling));
  const handling = Promise.all(Array.from({ length: options.concurrency }, keepHandling));
  const stop = async (): Promise<void> => {
    stopping = true;
    for (const { message } of room.close()) if (!bus.connection.isClosed()) message.nak();
    const timer = setTimeout(() => {
      busCalls.abandon();
      pulls.forEach((messages) => messages.stop());
    }, busPatienceMs);
    await Promise.all([pulling, handling]);
    clearTimeout(timer);
    clearInterval(heartbeat);
  };
  let stopped: Promise<void> | undefined;
  return { stop: () => (stopped ??= stop()) };
}
