import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Bus,
  consumeEvents,
  type Consumption,
  ensureStream,
  publishEvent,
  streamName,
} from '@tidetable/jetstream';
import { type NatsServer, startNats, waitFor } from '@tidetable/test-harness';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import {
  connectTo,
  consumerName,
  consuming,
  messagesCount,
  recordingLog,
  requested,
  subject,
} from './bus-fixture.js';

/** A process that takes one event, says so, and never finishes with it. */
const crashingConsumer = `
  import { connectBus, consumeEvents } from '@tidetable/jetstream';
  const log = { info() {}, warn() {}, error() {} };
  const bus = await connectBus(process.argv[1], 'crashing', log);
  await consumeEvents(bus, '${subject}', {
    concurrency: 1, ackWaitMs: 2000, deliveriesMax: 3, retryDelayMs: () => 0, exhausted: async () => {},
    handle: (event) => { console.log(event.runId); return new Promise(() => {}); },
  });
`;

describe('consuming events', () => {
  let server: NatsServer;
  let bus: Bus;
  let log: ReturnType<typeof recordingLog>;
  let consumptions: Consumption[];

  const consume = async (...args: Parameters<typeof consuming>): Promise<Consumption> => {
    const consumption = await consumeEvents(bus, subject, consuming(...args));
    consumptions.push(consumption);
    return consumption;
  };
  const queueIsEmpty = (): Promise<true> =>
    waitFor(async () => (await messagesCount(bus)) === 0, { until: 'the work queue is empty' });

  beforeAll(async () => {
    server = await startNats();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    log = recordingLog();
    bus = await connectTo(server.url, log);
    await ensureStream(bus);
    consumptions = [];
  });
  afterEach(async () => {
    await Promise.all(consumptions.map((consumption) => consumption.stop(0)));
    await bus.manager.streams.delete(streamName);
    await bus.close();
  });

  it('hands each event to one handler, and has removed it from the queue when its handler is done', async () => {
    const seen: string[] = [];
    await consume(seen);
    const events = [requested(), requested(), requested()];
    for (const event of events) await publishEvent(bus, subject, event);
    await queueIsEmpty();
    expect(seen.sort()).toEqual(events.map((event) => event.runId).sort());
  });

  it('delivers an event again when the process that held it was killed', async () => {
    const event = requested();
    await publishEvent(bus, subject, event);
    const crashing = spawn(
      process.execPath,
      ['--input-type=module', '--eval', crashingConsumer, server.url],
      {
        cwd: import.meta.dirname,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    expect(await once(createInterface(crashing.stdout), 'line')).toEqual([event.runId]);
    crashing.kill('SIGKILL');
    await once(crashing, 'exit');

    const counts: number[] = [];
    await consume([], {
      handle: async (_event, { count }) => {
        counts.push(count);
      },
    });
    await queueIsEmpty();
    expect(counts).toEqual([2]);
  });

  it('keeps an event with a handler that takes much longer than the server waits for signs of life', async () => {
    const seen: string[] = [];
    const slow = async (event: { runId: string }): Promise<void> => {
      seen.push(event.runId);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    };
    await consume([], { ackWaitMs: 300, handle: slow, concurrency: 2 });
    const event = requested();
    await publishEvent(bus, subject, event);
    await queueIsEmpty();
    expect(seen).toEqual([event.runId]);
  });

  it('handles as many events at the same time as it was told, and no more', async () => {
    let running = 0;
    let mostRunning = 0;
    const release: (() => void)[] = [];
    await consume([], {
      concurrency: 2,
      handle: async () => {
        running += 1;
        mostRunning = Math.max(mostRunning, running);
        await new Promise<void>((resolve) => release.push(resolve));
        running -= 1;
      },
    });
    for (let at = 0; at < 6; at += 1) await publishEvent(bus, subject, requested());
    await waitFor(() => running === 2, { until: 'two handlers run' });
    for (let at = 0; at < 6; at += 1) (await waitFor(() => release.shift()))();
    await queueIsEmpty();
    expect(mostRunning).toBe(2);
  });

  it('leaves waiting events to another process while this one is busy', async () => {
    const finish: (() => void)[] = [];
    await consume([], { handle: () => new Promise<void>((resolve) => finish.push(resolve)) });
    await publishEvent(bus, subject, requested());
    await waitFor(() => finish.length === 1, { until: 'the first process is busy' });

    const other: string[] = [];
    await consume(other);
    const event = requested();
    await publishEvent(bus, subject, event);
    await waitFor(() => other.length === 1, { until: 'the other process took the event' });
    expect(other).toEqual([event.runId]);
    finish[0]?.();
    await queueIsEmpty();
  });

  it('tries a failed event again after its delay', async () => {
    const counts: number[] = [];
    await consume([], {
      retryDelayMs: (count) => count * 100,
      handle: async (_event, { count }) => {
        counts.push(count);
        if (count < 3) throw new Error('the database is away');
      },
    });
    await publishEvent(bus, subject, requested());
    await queueIsEmpty();
    expect(counts).toEqual([1, 2, 3]);
    expect(log.messages).toEqual(Array(2).fill('event could not be handled and will be tried again'));
  });

  it('gives an event up after its last try, with the error of that try', async () => {
    const given: unknown[] = [];
    const error = new Error('the database is away');
    await consume([], {
      deliveriesMax: 2,
      handle: () => Promise.reject(error),
      exhausted: async (event, reason) => {
        given.push(event.runId, reason);
      },
    });
    const event = requested();
    await publishEvent(bus, subject, event);
    await queueIsEmpty();
    expect(given).toEqual([event.runId, error]);
  });

  it('tries to give up again when that failed, and does not go back to handling', async () => {
    let handled = 0;
    let givenUp = 0;
    await consume([], {
      deliveriesMax: 1,
      handle: () => {
        handled += 1;
        return Promise.reject(new Error('the database is away'));
      },
      exhausted: async () => {
        givenUp += 1;
        if (givenUp < 3) throw new Error('the bus is away');
      },
    });
    await publishEvent(bus, subject, requested());
    await queueIsEmpty();
    expect([handled, givenUp]).toEqual([1, 3]);
  });

  it.each(['not JSON', '{}', '{"runId":"1"}'])('drops and reports what is no event: %s', async (payload) => {
    const seen: string[] = [];
    await consume(seen);
    await bus.client.publish(subject, payload);
    const event = requested();
    await publishEvent(bus, subject, event);
    await queueIsEmpty();
    expect(seen).toEqual([event.runId]);
    expect(log.messages).toEqual(['event could not be parsed and was dropped']);
  });

  it('finishes what is in hand before it stops, takes nothing new, and leaves nothing pending', async () => {
    const seen: string[] = [];
    const finish: (() => void)[] = [];
    const consumption = await consume([], {
      handle: async (event) => {
        await new Promise<void>((resolve) => finish.push(resolve));
        seen.push(event.runId);
      },
    });
    const [inHand, waiting] = [requested(), requested()];
    await publishEvent(bus, subject, inHand);
    await publishEvent(bus, subject, waiting);
    await waitFor(() => finish.length === 1, { until: 'an event is in hand' });

    const stopped = consumption.stop(60_000);
    finish[0]?.();
    await Promise.all([stopped, consumption.stop(60_000)]);
    expect(seen).toEqual([inHand.runId]);
    const { num_ack_pending, num_pending } = await bus.manager.consumers.info(streamName, consumerName);
    expect({ num_ack_pending, num_pending }).toEqual({ num_ack_pending: 0, num_pending: 1 });
  });

  it('hands an event over at once when its handler cannot finish in time', async () => {
    let aborted = false;
    const inHand: string[] = [];
    const consumption = await consume([], {
      ackWaitMs: 60_000,
      retryDelayMs: () => 60_000,
      handle: (event, { signal }) => {
        inHand.push(event.runId);
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason as Error);
          });
        });
      },
    });
    const event = requested();
    await publishEvent(bus, subject, event);
    await waitFor(() => inHand.length === 1, { until: 'the event is in hand' });
    await consumption.stop(100);
    expect(aborted).toBe(true);

    const other: string[] = [];
    await consume(other, { ackWaitMs: 60_000 });
    await queueIsEmpty();
    expect(other).toEqual([event.runId]);
  });
});
