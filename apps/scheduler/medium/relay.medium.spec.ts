import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunRequestedV1, runRequestedV1Subject } from '@tidetable/contracts';
import { type Bus, connectBus, ensureStream, publishEvents, streamName } from '@tidetable/jetstream';
import { insertSynchronization, type NatsServer, startNats, waitFor } from '@tidetable/test-harness';
import { RelayError, relayOutbox, type RelaySteps } from '../src/dispatch/relay-outbox.js';
import { lostEventsAnnouncer } from '../src/rescue/announce-again.js';
import { claim, type Metadata, openMetadata, quiet } from './fixture.js';

describe('relaying the outbox', () => {
  let metadata: Metadata;
  let nats: NatsServer;
  let bus: Bus;
  beforeAll(async () => {
    metadata = await openMetadata();
    nats = await startNats();
    bus = await connectBus(nats.url, 'test', quiet);
  });
  beforeEach(async () => {
    await metadata.clear();
    await ensureStream(bus);
    await bus.manager.streams.purge(streamName);
  });
  afterAll(async () => {
    await bus.close();
    await nats.stop();
    await metadata.close();
  });

  const claimSome = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at += 1) await insertSynchronization(metadata.database, {});
    await claim(metadata, 1_000);
  };
  const publish: RelaySteps['publish'] = (events) => publishEvents(bus, runRequestedV1Subject, events);
  const runIds = (events: readonly RunRequestedV1[]): string[] => events.map(({ runId }) => runId);
  const relay = (steps: Partial<RelaySteps> = {}, batch = 100): Promise<number> =>
    relayOutbox(metadata.database, batch, { publish, afterPublished: async () => undefined, ...steps });
  const waiting = async (): Promise<number> => (await metadata.rows('SELECT FROM outbox')).length;
  const stored = async (): Promise<number> => (await bus.manager.streams.info(streamName)).state.messages;

  it('publishes what waits and leaves nothing behind', async () => {
    await claimSome(5);
    expect(await relay()).toBe(5);
    expect([await waiting(), await stored()]).toEqual([0, 5]);
    expect(await relay()).toBe(0);
  });

  it('takes the oldest first and no more than a batch', async () => {
    await claimSome(5);
    const oldest = await metadata.rows<{ runId: string }>(
      `SELECT payload->>'runId' AS "runId" FROM outbox ORDER BY id LIMIT 2`,
    );
    const published: string[] = [];
    const noting: RelaySteps['publish'] = async (events) => {
      published.push(...runIds(events));
      return events.map(() => null);
    };
    await relay({ publish: noting }, 2);
    expect(published).toEqual(oldest.map(({ runId }) => runId));
    expect(await waiting()).toBe(3);
  });

  it('publishes each event once when several relay at the same time', async () => {
    await claimSome(60);
    const published: string[] = [];
    const counting: RelaySteps['publish'] = (events) => {
      published.push(...runIds(events));
      return publish(events);
    };
    const relays = await Promise.all(Array.from({ length: 4 }, () => relay({ publish: counting }, 15)));
    expect(relays).toEqual([15, 15, 15, 15]);
    expect(new Set(published).size).toBe(60);
    expect([published.length, await waiting(), await stored()]).toEqual([60, 0, 60]);
  });

  it('keeps the events when it dies between publishing and forgetting, and the stream holds each once', async () => {
    await claimSome(3);
    await expect(relay({ afterPublished: () => Promise.reject(new Error('dies here')) })).rejects.toThrow(
      'dies',
    );
    expect([await waiting(), await stored()]).toEqual([3, 3]);
    expect(await relay()).toBe(3);
    expect([await waiting(), await stored()]).toEqual([0, 3]);
  });

  it('keeps the events that the stream did not confirm, and says so', async () => {
    await claimSome(3);
    const ids = (await metadata.rows<{ id: string }>('SELECT id FROM outbox ORDER BY id')).map(
      ({ id }) => id,
    );
    const refusing: RelaySteps['publish'] = async (events) => {
      const [first, , third] = await publish(events);
      return [first!, new Error('refused'), third!];
    };
    await expect(relay({ publish: refusing })).rejects.toBeInstanceOf(RelayError);
    expect(await metadata.rows('SELECT id FROM outbox')).toEqual([{ id: ids[1] }]);
  });

  it('announces again what no worker has started once the bus lost its data, and nothing a second time', async () => {
    const announce = lostEventsAnnouncer(metadata.database, bus, quiet);
    await claimSome(3);
    await relay();
    await metadata.rows(
      `UPDATE runs SET started_at = now() WHERE id = (SELECT id FROM runs ORDER BY requested_at LIMIT 1)`,
    );
    await announce();
    await relay();
    expect(await stored()).toBe(3);

    await nats.restart({ emptied: true });
    await waitFor(() => ensureStream(bus).then(() => true), { until: 'the stream is there again' });
    expect(await announce()).toBe(2);
    expect(await announce()).toBe(0);
    expect(await relay()).toBe(2);
    expect(await stored()).toBe(2);
    expect((await bus.manager.streams.getMessage(streamName, { seq: 1 }))?.subject).toBe(
      runRequestedV1Subject,
    );
  });
});
