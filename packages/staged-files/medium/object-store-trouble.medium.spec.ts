import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openStagedFileStore, type StagedFileStore } from '@tidetable/staged-files';
import { type NatsServer, startNats, waitFor } from '@tidetable/test-harness';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

describe('the object store, when its server has trouble', () => {
  let server: NatsServer;
  let store: StagedFileStore;

  const writeWhenBack = (content: string): Promise<unknown> =>
    waitFor(() => store.write('run-1', Readable.from([content])), { until: 'a file can be written again' });

  beforeEach(async () => {
    server = await startNats();
    store = await openStagedFileStore('nats-object-store:', server.url);
  });
  afterEach(async () => {
    await store.close();
    await server.stop();
  });

  it('keeps its files over a crash of the server', async () => {
    const { uri } = await store.write('run-1', Readable.from(['content']));
    await server.kill();
    expect(await store.isUsable()).toBe(false);
    await server.restart();
    await waitFor(() => store.isUsable(), { until: 'the store is back' });
    expect(await text(await store.read(uri))).toBe('content');
  });

  it('fails a reading that the server breaks off, and never ends it as if it were whole', async () => {
    const { uri } = await store.write('run-1', Readable.from([Buffer.alloc(8_000_000)]));
    const reading = await store.read(uri);
    await once(reading, 'readable');
    const rest = expect(reading.toArray()).rejects.toThrow();
    await server.kill();
    await rest;
    await store.close();
  });

  it('makes its bucket anew when the server has lost all it stored', async () => {
    await store.write('run-1', Readable.from(['old']));
    await server.restart({ emptied: true });
    await writeWhenBack('new');
    expect(await text(await store.read('staged:run-1'))).toBe('new');
  });
});
