import {
  AckPolicy,
  type ConsumerConfig,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { runEventConsumers, runEventSchemas, type RunEventSubject } from '@tidetable/contracts';
import type { Bus } from './bus.js';

/** The one stream: a work queue of the events of runs. */
export const streamName = 'SYNC_RUNS';

const minuteMs = 60_000;
/** Publishing the same message id again within this time stores nothing new. */
const duplicateWindowMs = 10 * minuteMs;
/** A message nobody took for so long belongs to a run that the rescuer has closed long since. */
const messageAgeMsMax = 7 * 24 * 60 * minuteMs;

const streamConfig: Partial<StreamConfig> = {
  subjects: Object.keys(runEventSchemas),
  duplicate_window: nanos(duplicateWindowMs),
  max_age: nanos(messageAgeMsMax),
};

/** What the server answers when a stream or consumer of that name is there already, with other settings. */
const takenCodes: readonly number[] = [10_058, 10_013, 10_148];

/**
 * Creates the stream, or brings an existing one up to date. Safe to call from every service at every start, also
 * at the same time. Only the subjects of events are bound: a request under a bound subject would be answered by the
 * stream itself.
 */
export async function ensureStream({ manager }: Bus): Promise<void> {
  const added = await addUnlessTaken(() =>
    manager.streams.add({
      name: streamName,
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      ...streamConfig,
    }),
  );
  // Whoever runs the server may have changed the rest, such as the number of replicas: only what is ours is updated.
  if (!added) await manager.streams.update(streamName, streamConfig);
}

/**
 * Creates the durable consumer of one subject, or brings it up to date. Every instance of the consuming service
 * shares it. The server redelivers without a bound: deliveries are counted by `consumeEvents`, since a message
 * past the server's own bound would lie in a work queue for ever.
 */
export async function ensureConsumer(
  { manager }: Bus,
  subject: RunEventSubject,
  ackWaitMs: number,
): Promise<void> {
  const durable = runEventConsumers[subject];
  const config: Partial<ConsumerConfig> = {
    ack_wait: nanos(ackWaitMs),
    max_deliver: -1,
    max_ack_pending: 10_000,
  };
  const added = await addUnlessTaken(() =>
    manager.consumers.add(streamName, {
      durable_name: durable,
      filter_subject: subject,
      ack_policy: AckPolicy.Explicit,
      ...config,
    }),
  );
  if (!added) await manager.consumers.update(streamName, durable, config);
}

/** Adding is what the server does atomically: asking first would let two services answer "not there" and collide. */
async function addUnlessTaken(add: () => Promise<unknown>): Promise<boolean> {
  try {
    await add();
    return true;
  } catch (error) {
    if (error instanceof JetStreamApiError && takenCodes.includes(error.code)) return false;
    throw error;
  }
}
