import type { RunEvent, RunRequestedV1 } from '@tidetable/contracts';
import { type Bus, type BusLog, connectBus, type ConsumeOptions, streamName } from '@tidetable/jetstream';
import { randomUUID } from 'node:crypto';

/** A log that remembers its messages. */
export function recordingLog(): BusLog & { messages: string[] } {
  const messages: string[] = [];
  const record = (_fields: object, message: string): void => {
    messages.push(message);
  };
  return { messages, info: record, warn: record, error: record };
}

export const subject = 'sync.run.requested.v1';
export const consumerName = 'fetcher-requested';

export function requested(runId: string = randomUUID()): RunRequestedV1 {
  return { runId, synchronizationId: randomUUID(), runNumber: 1, requestedAt: '2026-01-02T03:04:05Z' };
}

type Requested = RunEvent<typeof subject>;

/** Options of a consumer whose handler records the run ids it saw; a test overrides what it is about. */
export function consuming(
  seen: string[],
  overrides: Partial<ConsumeOptions<Requested>> = {},
): ConsumeOptions<Requested> {
  return {
    concurrency: 1,
    ackWaitMs: 2_000,
    deliveriesMax: 3,
    retryDelayMs: () => 50,
    handle: async (event) => {
      seen.push(event.runId);
    },
    exhausted: async (event) => {
      throw new Error(`run ${event.runId} was given up`);
    },
    ...overrides,
  };
}

export const connectTo = (url: string, log: BusLog = recordingLog()): Promise<Bus> =>
  connectBus(url, 'test', log);

/** How many messages the stream still holds: in a work queue, those that nobody has finished with. */
export async function messagesCount(bus: Bus): Promise<number> {
  return (await bus.manager.streams.info(streamName)).state.messages;
}
