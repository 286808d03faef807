import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type BatchOptions,
  type Bus,
  consumeBatches,
  type Consumption,
  ensureStream,
  NotConfirmedError,
  publishEvent,
  publishEvents,
  streamName,
} from '@tidetable/jetstream';
import { type NatsServer, startNats, waitFor } from '@tidetable/test-harness';
import { connectTo, messagesCount, recordingLog, requested } from './bus-fixture.js';

const subjects = ['sync.run.requested.v1', 'sync.run.started.v1'] as const;
type Options = BatchOptions<(typeof subjects)[number]>;

describe('consuming batches', () => {
  let server: NatsServer;
  let bus: Bus;
  let log: ReturnType<typeof recordingLog>;
  let consumptions: Consumption[];
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

  const consume = async (
    handle: Options['handle'],
    overrides: Partial<Options> = {},
  ): Promise<Consumption> => {
    const consumption = await consumeBatches(bus, subjects, {
      eventsMax: 10,
      gatherMs: 20,
      concurrency: 1,
      ackWaitMs: 2_000,
      retryDelayMs: () => 50,
      handle,
      ...overrides,
    });
    consumptions.push(consumption);
    return consumption;
  };
  const publishRequests = async (count: number): Promise<string[]> => {
    const events = Array.from({ length: count }, () => requested());
    expect(await publishEvents(bus, 'sync.run.requested.v1', events)).toEqual(events.map(() => null));
    return events.map(({ runId }) => runId);
  };
  const queueIsEmpty = (): Promise<true> =>
    waitFor(async () => (await messagesCount(bus)) === 0, { until: 'the work queue is empty' });

  it('hands over events of several subjects together, no more than a batch, each once', async () => {
    const runIds = await publishRequests(25);
    const { runId, synchronizationId } = requested();
    await publishEvent(bus, 'sync.run.started.v1', {
      runId,
      synchronizationId,
      runNumber: 1,
      startedAt: '2026-01-02T03:04:05Z',
    });
    const seen: string[] = [];
    const sizes: number[] = [];
    await consume(async (events) => {
      sizes.push(events.length);
      seen.push(...events.map(({ event }) => event.runId));
      return events.map(() => null);
    });
    await queueIsEmpty();
    expect(seen.sort()).toEqual([...runIds, runId].sort());
    expect(Math.max(...sizes)).toBe(10);
  });

  it('sets back the events of a batch that failed, and no others', async () => {
    const runIds = await publishRequests(5);
    const deliveries = new Map<string, number>();
    await consume(async (events) =>
      events.map(({ event: { runId } }) => {
        const count = (deliveries.get(runId) ?? 0) + 1;
        deliveries.set(runId, count);
        return runId === runIds[2] && count < 3 ? new Error('it does not fit') : null;
      }),
    );
    await queueIsEmpty();
    expect(runIds.map((runId) => deliveries.get(runId))).toEqual([1, 1, 3, 1, 1]);
    expect(log.messages).toEqual(Array(2).fill('event could not be handled and will be tried again'));
  });

  it('sets back all when the batch as a whole fails, and says so once', async () => {
    const runIds = await publishRequests(5);
    let failed = 0;
    const seen: string[] = [];
    await consume(async (events) => {
      if (failed < 5) {
        failed += events.length;
        throw new Error('the database is away');
      }
      seen.push(...events.map(({ event }) => event.runId));
      return events.map(() => null);
    });
    await queueIsEmpty();
    expect(seen.sort()).toEqual(runIds.sort());
    expect(new Set(log.messages)).toEqual(new Set(['events could not be handled and will be tried again']));
    expect(log.messages.length).toBeLessThan(5);
  });

  it('drops and reports what is no event, and hands over the rest', async () => {
    await bus.client.publish('sync.run.requested.v1', 'not JSON');
    const runIds = await publishRequests(2);
    const seen: string[] = [];
    await consume(async (events) => {
      seen.push(...events.map(({ event }) => event.runId));
      return events.map(() => null);
    });
    await queueIsEmpty();
    expect(seen.sort()).toEqual(runIds.sort());
    expect(log.messages).toEqual(['event could not be parsed and was dropped']);
  });

  it('finishes the batch in hand before it stops, hands back what waits, and leaves nothing pending', async () => {
    await publishRequests(15);
    let finish: () => void = () => undefined;
    let inHand = 0;
    const consumption = await consume(
      async (events) => {
        inHand += events.length;
        await new Promise<void>((resolve) => (finish = resolve));
        return events.map(() => null);
      },
      { ackWaitMs: 60_000 },
    );
    await waitFor(() => inHand === 10, { until: 'a batch is in hand' });
    const stopped = consumption.stop(0);
    finish();
    await Promise.all([stopped, consumption.stop(0)]);
    const other: string[] = [];
    await consume(async (events) => {
      other.push(...events.map(({ event }) => event.runId));
      return events.map(() => null);
    });
    await queueIsEmpty();
    expect(other).toHaveLength(5);
  });

  it('keeps events with a batch that takes much longer than the server waits for signs of life', async () => {
    const runIds = await publishRequests(12);
    const seen: string[] = [];
    const slow: Options['handle'] = async (events) => {
      await new Promise((resolve) => setTimeout(resolve, 900));
      seen.push(...events.map(({ event }) => event.runId));
      return events.map(() => null);
    };
    await consume(slow, { ackWaitMs: 300 });
    await queueIsEmpty();
    expect(seen.sort()).toEqual(runIds.sort());
  });

  it('makes stream and consumers anew when the server has lost all it stored, and stops while it is away', async () => {
    const seen: string[] = [];
    const consumption = await consume(async (events) => {
      seen.push(...events.map(({ event }) => event.runId));
      return events.map(() => null);
    });
    await server.restart({ emptied: true });
    await waitFor(() => ensureStream(bus).then(() => true), { until: 'the stream is there again' });
    const [runId] = await publishRequests(1);
    await waitFor(() => seen.includes(runId!), { until: 'the event is seen', timeoutMs: 20_000 });
    await server.kill();
    await consumption.stop(0);
    await server.restart();
    await waitFor(() => ensureStream(bus).then(() => true), { until: 'the server is back' });
  });
});

describe('publishing many events', () => {
  let server: NatsServer;
  let bus: Bus;
  beforeAll(async () => {
    server = await startNats();
    bus = await connectTo(server.url);
  });
  afterAll(async () => {
    await bus.close();
    await server.stop();
  });

  it('confirms none before there is a stream, all once there is, in their order, and stores none twice', async () => {
    const events = Array.from({ length: 300 }, () => requested());
    const publish = (): Promise<unknown[]> => publishEvents(bus, 'sync.run.requested.v1', events);
    expect((await publish()).every((result) => result instanceof NotConfirmedError)).toBe(true);
    await ensureStream(bus);
    expect(new Set(await publish())).toEqual(new Set([null]));
    expect(new Set(await publish())).toEqual(new Set([null]));
    expect(await messagesCount(bus)).toBe(300);
    const last = await bus.manager.streams.getMessage(streamName, { seq: 300 });
    expect(last?.json()).toEqual(events[299]);
  });

  it('publishes nothing when there is nothing', async () => {
    expect(await publishEvents(bus, 'sync.run.requested.v1', [])).toEqual([]);
  });
});
