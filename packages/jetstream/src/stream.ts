import { AckPolicy, type ConsumerConfig, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { runEventConsumers, runEventSchemas, type RunEventSubject } from '@tidetable/contracts';
import { nanos } from '@nats-io/nats-core';
import type { Bus } from './bus.js';

/** The one stream: a work queue of the events of runs. */
export const streamName = 'SYNC_RUNS';

const minuteMs = 60_000;
/** Publishing the same message id again within this time stores nothing new. */
const duplicateWindowMs = 10 * minuteMs;
/** A message nobody took for so long belongs to a run that the rescuer has closed long since. */
const messageAgeMsMax = 7 * 24 * 60 * minuteMs;

/**
 * Creates the stream, or brings an existing one up to date. Safe to call from every service at every start.
 * Only the subjects of events are bound: a request under a bound subject would be answered by the stream itself.
 */
export async function ensureStream(bus: Bus): Promise<void> {
  const config = {
    subjects: Object.keys(runEventSchemas),
    duplicate_window: nanos(duplicateWindowMs),
    max_age: nanos(messageAgeMsMax),
  };
  try {
    await bus.manager.streams.info(streamName);
    await bus.manager.streams.update(streamName, config);
  } catch {
    await bus.manager.streams.add({
      name: streamName,
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      ...config,
    });
  }
}

/**
 * Creates the durable consumer of one subject, or brings it up to date. Every instance of the consuming service
 * shares it. The server redelivers without a bound: deliveries are counted by `consumeEvents`, since a message
 * past the server's own bound would lie in a work queue for ever.
 */
export async function ensureConsumer(bus: Bus, subject: RunEventSubject, ackWaitMs: number): Promise<void> {
  const durable = runEventConsumers[subject];
  const config: Partial<ConsumerConfig> = { ack_wait: nanos(ackWaitMs), max_deliver: -1, max_ack_pending: 10_000 };
  try {
    await bus.manager.consumers.info(streamName, durable);
    await bus.manager.consumers.update(streamName, durable, config);
  } catch {
    await bus.manager.consumers.add(streamName, {
      durable_name: durable,
      filter_subject: subject,
      ack_policy: AckPolicy.Explicit,
      ...config,
    });
  }
}
