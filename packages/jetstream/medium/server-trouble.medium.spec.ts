import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Bus, consumeEvents, publishEvent } from '@tidetable/jetstream';
import { type NatsServer, startNats, waitFor } from '@tidetable/test-harness';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connectTo, consuming, messagesCount, requested, subject } from './bus-fixture.js';

describe('when the server has trouble', () => {
  let server: NatsServer;
  let bus: Bus;

  beforeEach(async () => {
    server = await startNats();
    bus = await connectTo(server.url);
  });
  afterEach(async () => {
    await bus.close();
    await server.stop();
  });

  it('goes on after the server was killed and came back, and loses no event', async () => {
    const seen: string[] = [];
    const consumption = await consumeEvents(bus, subject, consuming(seen, { concurrency: 2 }));
    await publishEvent(bus, subject, requested());
    await waitFor(() => seen.length === 1, { until: 'the first event is seen' });

    await server.kill();
    expect(await bus.isUsable()).toBe(false);
    await server.restart();
    await waitFor(() => bus.isUsable(), { until: 'the bus is back' });
    const event = requested();
    await publishEvent(bus, subject, event);
    await waitFor(() => seen.includes(event.runId), { until: 'the second event is seen' });
    await waitFor(async () => (await messagesCount(bus)) === 0, { until: 'the work queue is empty' });
    await consumption.stop(1_000);
  });

  it('keeps events that were published before the server was killed', async () => {
    const seen: string[] = [];
    const first = await consumeEvents(bus, subject, consuming([]));
    await first.stop(1_000);
    const event = requested();
    await publishEvent(bus, subject, event);
    await server.kill();
    await server.restart();
    await waitFor(() => bus.isUsable(), { until: 'the bus is back' });
    const second = await consumeEvents(bus, subject, consuming(seen));
    await waitFor(() => seen.length === 1, { until: 'the event is seen' });
    expect(seen).toEqual([event.runId]);
    await second.stop(1_000);
  });

  it('finishes an event whose handler works on while the server is away', async () => {
    let finish: () => void = () => undefined;
    let deliveries = 0;
    const consumption = await consumeEvents(
      bus,
      subject,
      consuming([], {
        ackWaitMs: 1_000,
        handle: () => {
          deliveries += 1;
          return new Promise<void>((resolve) => (finish = resolve));
        },
      }),
    );
    await publishEvent(bus, subject, requested());
    await waitFor(() => deliveries === 1, { until: 'the event is in hand' });
    await server.kill();
    await server.restart();
    await waitFor(
      async () => {
        finish();
        return (await messagesCount(bus)) === 0;
      },
      { until: 'the work queue is empty' },
    );
    expect(deliveries).toBeLessThanOrEqual(2);
    await consumption.stop(1_000);
  });

  it('makes stream and consumer anew when the server has lost all it stored', async () => {
    const seen: string[] = [];
    const consumption = await consumeEvents(bus, subject, consuming(seen));
    await server.restart({ emptied: true });
    const event = requested();
    await waitFor(() => publishEvent(bus, subject, event).then(() => true), {
      until: 'the stream is there again',
    });
    await waitFor(() => seen.includes(event.runId), { until: 'the event is seen' });
    await consumption.stop(1_000);
  });

  it('closes and stops soon while the server is away', async () => {
    const consumption = await consumeEvents(bus, subject, consuming([]));
    await server.kill();
    const before = performance.now();
    await consumption.stop(1_000);
    await bus.close();
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(bus.connection.isClosed()).toBe(true);
  });

  it('ends the process when the connection is lost for good, rather than idling without it', async () => {
    const program = `
      import { connectBus } from '@tidetable/jetstream';
      const bus = await connectBus(process.argv[1], 'test', { info() {}, warn() {}, error() {} });
      setInterval(() => {}, 1_000);
      await bus.connection.close();
    `;
    const losing = spawn(process.execPath, ['--input-type=module', '--eval', program, server.url], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let trace = '';
    losing.stderr.on('data', (chunk: Buffer) => (trace += chunk.toString()));
    expect(await once(losing, 'close')).toEqual([1, null]);
    expect(trace).toContain('BusLostError');
  });

  it('waits for a server that is not there yet', async () => {
    await server.kill();
    const connecting = connectTo(server.url);
    await server.restart();
    const late = await connecting;
    expect(await late.isUsable()).toBe(true);
    await late.close();
    await late.close();
    expect(await late.isUsable()).toBe(false);
  });
});
