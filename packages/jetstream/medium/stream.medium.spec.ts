import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RetentionPolicy } from '@nats-io/jetstream';
import { type Bus, ensureConsumer, ensureStream, publishEvent, streamName } from '@tidetable/jetstream';
import { type NatsServer, startNats } from '@tidetable/test-harness';
import { connectTo, consumerName, messagesCount, requested, subject } from './bus-fixture.js';

describe('the stream', () => {
  let server: NatsServer;
  let buses: Bus[];
  let bus: Bus;

  beforeAll(async () => {
    server = await startNats();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    buses = await Promise.all(Array.from({ length: 4 }, () => connectTo(server.url)));
    [bus] = buses as [Bus];
  });
  afterEach(async () => {
    await bus.manager.streams.delete(streamName);
    await Promise.all(buses.map((each) => each.close()));
  });

  it('is a work queue of the events, made once by services that start at the same time', async () => {
    await Promise.all(buses.map((each) => ensureStream(each)));
    const { config } = await bus.manager.streams.info(streamName);
    expect(config.retention).toBe(RetentionPolicy.Workqueue);
    expect(config.subjects.sort()).toEqual([
      'sync.run.finished.v1',
      'sync.run.requested.v1',
      'sync.run.staged.v1',
      'sync.run.started.v1',
    ]);
  });

  it('is brought up to date by a newer service, and keeps its messages and what its operator chose', async () => {
    await bus.manager.streams.add({
      name: streamName,
      retention: RetentionPolicy.Workqueue,
      subjects: [subject],
      description: 'chosen by the operator',
    });
    await publishEvent(bus, subject, requested());
    await Promise.all(buses.map((each) => ensureStream(each)));
    const { config } = await bus.manager.streams.info(streamName);
    expect(config.subjects).toHaveLength(4);
    expect(config.description).toBe('chosen by the operator');
    expect(await messagesCount(bus)).toBe(1);
  });

  it('shares one durable consumer between instances that start at the same time with other settings', async () => {
    await ensureStream(bus);
    await Promise.all(buses.map((each, at) => ensureConsumer(each, subject, (at + 1) * 1_000)));
    await ensureConsumer(bus, subject, 7_000);
    const { config } = await bus.manager.consumers.info(streamName, consumerName);
    expect(config).toMatchObject({ ack_wait: 7_000_000_000, max_deliver: -1, filter_subject: subject });
  });

  it('stores an event that is published twice only once, and tells runs and subjects apart', async () => {
    await ensureStream(bus);
    const event = requested();
    await publishEvent(bus, subject, event);
    await publishEvent(bus, subject, event);
    expect(await messagesCount(bus)).toBe(1);
    await publishEvent(bus, subject, requested());
    await publishEvent(bus, 'sync.run.started.v1', {
      runId: event.runId,
      synchronizationId: event.synchronizationId,
      runNumber: 1,
      startedAt: '2026-01-02T03:04:05Z',
    });
    expect(await messagesCount(bus)).toBe(3);
  });

  it('confirms no event before there is a stream', async () => {
    await expect(publishEvent(bus, subject, requested())).rejects.toThrow();
    await ensureStream(bus);
    expect(await messagesCount(bus)).toBe(0);
  });
});
