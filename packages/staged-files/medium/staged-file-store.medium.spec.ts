import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openStagedFileStore, StagedFileMissingError, type StagedFileStore } from '@tidetable/staged-files';
import { waitFor } from '@tidetable/test-harness';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { type Medium, mediums } from './mediums.js';

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

/** Content of so many chunks, each of the same byte, made while it is read. */
async function* chunksOf(byte: number, chunkBytes: number, chunks: number): AsyncGenerator<Buffer> {
  const chunk = Buffer.alloc(chunkBytes, byte);
  for (let at = 0; at < chunks; at += 1) yield chunk;
}

/** The first part of a stream, which stays open. */
async function firstPart(reading: Readable): Promise<Buffer> {
  await once(reading, 'readable');
  return reading.read() as Buffer;
}

/** Reads on to the end: everything, or the error that came instead. */
async function readToEnd(reading: Readable, parts: Buffer[]): Promise<Buffer | Error> {
  try {
    for await (const part of reading as AsyncIterable<Buffer>) parts.push(part);
    return Buffer.concat(parts);
  } catch (error) {
    return error as Error;
  }
}

/** A process that writes a file without end. */
const endlessWriter = `
  import { Readable } from 'node:stream';
  import { openStagedFileStore } from '@tidetable/staged-files';
  const store = await openStagedFileStore(process.argv[1], process.argv[2]);
  await store.write('killed', Readable.from((function* () { for (;;) yield Buffer.alloc(600_000); })()));
`;

describe.each(mediums)('a staged-file store in $name', ({ open: openMedium }) => {
  let medium: Medium;
  let store: StagedFileStore;

  const list = async (): Promise<Record<string, number>> => {
    const entries: Record<string, number> = {};
    for await (const entry of store.list()) entries[entry.key] = entry.bytes;
    return entries;
  };
  const content = async (uri: string): Promise<string> => text(await store.read(uri));

  const sweepTwoHoursLater = async (): Promise<string[]> => {
    const later = await openStagedFileStore(medium.url, medium.natsUrl, {
      now: () => Date.now() + 2 * 60 * 60_000,
    });
    const keys: string[] = [];
    for await (const { key } of later.list()) keys.push(key);
    await later.close();
    return keys;
  };

  beforeAll(async () => {
    medium = await openMedium();
  });
  afterAll(() => medium.close());
  beforeEach(async () => {
    store = await openStagedFileStore(medium.url, medium.natsUrl);
  });
  afterEach(async () => {
    for await (const { uri } of store.list()) await store.remove(uri);
    await store.close();
    await sweepTwoHoursLater();
    expect(await medium.traces()).toEqual([]);
  });

  it('gives back what was written, and tells its size and hash', async () => {
    const staged = await store.write('run-1', Readable.from([Buffer.from('a,b\n'), 'ç,2\n']));
    expect(staged).toEqual({ uri: 'staged:run-1', bytes: 9, sha256: sha256('a,b\nç,2\n') });
    expect(await content(staged.uri)).toBe('a,b\nç,2\n');
  });

  it('keeps an empty file', async () => {
    const staged = await store.write('empty', Readable.from([]));
    expect(staged).toEqual({ uri: 'staged:empty', bytes: 0, sha256: sha256('') });
    expect(await content(staged.uri)).toBe('');
  });

  it('is read by another process that opens the same store', async () => {
    const { uri } = await store.write('run-1', Readable.from(['content']));
    const other = await openStagedFileStore(medium.url, medium.natsUrl);
    expect(await text(await other.read(uri))).toBe('content');
    await other.close();
  });

  it('replaces the earlier file of a key', async () => {
    await store.write('run-1', Readable.from(['x'.repeat(2_000_000)]));
    const { uri } = await store.write('run-1', Readable.from(['new']));
    expect(await content(uri)).toBe('new');
    expect(await list()).toEqual({ 'run-1': 3 });
  });

  it('removes files by URI and by key, and does not mind when they are gone', async () => {
    const { uri } = await store.write('run-1', Readable.from(['one']));
    await store.write('run-2', Readable.from(['two']));
    await store.remove(uri);
    await store.remove(uri);
    await store.removeKey('run-2');
    await store.removeKey('run-2');
    await store.removeKey('never-written');
    expect(await list()).toEqual({});
  });

  it('says that a file is missing when it was never written and when it was removed', async () => {
    await expect(store.read('staged:never-written')).rejects.toThrow(StagedFileMissingError);
    const { uri } = await store.write('run-1', Readable.from(['one']));
    await store.remove(uri);
    await expect(store.read(uri)).rejects.toThrow(StagedFileMissingError);
  });

  it.each(['', '.', '..', '../x', 'a/b', 'a.b', 'a b', 'a\0', 'ä', 'x'.repeat(129)])(
    'refuses the key %j, which could lead elsewhere',
    async (key) => {
      await expect(store.write(key, Readable.from(['x']))).rejects.toThrow(TypeError);
      await expect(store.removeKey(key)).rejects.toThrow(TypeError);
      await expect(store.remove(`staged:${key}`)).rejects.toThrow(TypeError);
      await expect(store.read(`staged:${key}`)).rejects.toThrow(TypeError);
      await expect(store.read(`file:///${key}`)).rejects.toThrow(TypeError);
      expect(await list()).toEqual({});
    },
  );

  it('lists every whole file with its size and time', async () => {
    const before = Date.now();
    const key = 'A-'.repeat(64);
    await store.write(key, Readable.from(['12345']));
    await store.write('run-2', Readable.from(['1']));
    expect(await list()).toEqual({ [key]: 5, 'run-2': 1 });
    for await (const entry of store.list()) {
      expect(entry.uri).toBe(`staged:${entry.key}`);
      expect(Math.abs(entry.modifiedAt.getTime() - before)).toBeLessThan(60_000);
    }
  });

  it('shows nothing of a file before it is whole', async () => {
    const source = new Readable({ read: () => undefined });
    source.push(Buffer.alloc(3_000_000));
    const writing = store.write('run-1', source);
    await waitFor(async () => (await medium.traces()).length > 0, { until: 'a part is stored' });
    expect(await list()).toEqual({});
    await expect(store.read('staged:run-1')).rejects.toThrow(StagedFileMissingError);
    source.push(null);
    await writing;
    expect(await list()).toEqual({ 'run-1': 3_000_000 });
  });

  it('throws the error of the content unchanged, and keeps the earlier file and no part of the new one', async () => {
    await store.write('run-1', Readable.from(['old']));
    const error = new Error('the source broke off');
    const broken = Readable.from(
      (async function* () {
        yield* chunksOf(1, 1_000_000, 3);
        throw error;
      })(),
    );
    await expect(store.write('run-1', broken)).rejects.toBe(error);
    expect(broken.destroyed).toBe(true);
    expect(await content('staged:run-1')).toBe('old');
    await store.removeKey('run-1');
    expect(await medium.traces()).toEqual([]);
  });

  it('throws the error of content that had failed before it was written', async () => {
    const error = new Error('the source was never there');
    const broken = new Readable({ read: () => undefined });
    broken.once('error', () => undefined);
    broken.destroy(error);
    await new Promise((resolve) => broken.once('close', resolve));
    await expect(store.write('run-1', broken)).rejects.toBe(error);
    expect(await medium.traces()).toEqual([]);
  });

  it('stops with the reason of the signal when it is aborted midway, and leaves nothing behind', async () => {
    const aborter = new AbortController();
    const reason = new Error('the run has no more time');
    const endless = new Readable({ read: () => undefined });
    endless.push(Buffer.alloc(3_000_000));
    const writing = store.write('run-1', endless, { signal: aborter.signal });
    const outcome = expect(writing).rejects.toBe(reason);
    await waitFor(async () => (await medium.traces()).length > 0, { until: 'a part is stored' });
    aborter.abort(reason);
    await outcome;
    expect(endless.destroyed).toBe(true);
    expect(await medium.traces()).toEqual([]);
  });

  it('writes nothing when it is aborted already', async () => {
    const content = Readable.from(['x']);
    const reason = new Error('too late');
    await expect(store.write('run-1', content, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(content.destroyed).toBe(true);
    expect(await medium.traces()).toEqual([]);
  });

  it('ends with one whole file when several writers of one key meet', async () => {
    const writers = [1, 2, 3, 4].map((byte) =>
      store.write('run-1', Readable.from(chunksOf(byte, 700_000, 4))),
    );
    const written = await Promise.all(writers);
    const stored = await buffer(await store.read('staged:run-1'));
    const hash = createHash('sha256').update(stored).digest('hex');
    expect(written.map((staged) => staged.sha256)).toContain(hash);
    expect(await list()).toEqual({ 'run-1': 2_800_000 });
  });

  it('never mixes two files when one is replaced while it is read', async () => {
    const { uri, sha256: old } = await store.write('run-1', Readable.from(chunksOf(1, 1_000_000, 8)));
    const reading = await store.read(uri);
    const parts = [await firstPart(reading)];
    await store.write('run-1', Readable.from(chunksOf(2, 1_000_000, 8)));
    const outcome = await readToEnd(reading, parts);
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(StagedFileMissingError);
    else expect(createHash('sha256').update(outcome).digest('hex')).toBe(old);
  });

  it('holds a small part of a 200 MB file in memory, also while its reader pauses', async () => {
    let peakBytes = 0;
    const look = (): void => {
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    };
    const watched = async function* (): AsyncGenerator<Buffer> {
      for await (const chunk of chunksOf(120, 1_000_000, 200)) {
        look();
        yield chunk;
      }
    };
    const beforeBytes = process.memoryUsage.rss();
    const staged = await store.write('large', Readable.from(watched()));
    expect(staged.bytes).toBe(200_000_000);

    const reading = await store.read(staged.uri);
    const hash = createHash('sha256').update(await firstPart(reading));
    await store.write('meanwhile', Readable.from(chunksOf(1, 1_000_000, 50)));
    look();
    for await (const part of reading as AsyncIterable<Buffer>) {
      look();
      hash.update(part);
    }
    expect(hash.digest('hex')).toBe(staged.sha256);
    expect(peakBytes - beforeBytes).toBeLessThan(120_000_000);
  });

  it('clears what a killed writer left, once it is an hour old', async () => {
    await store.write('kept', Readable.from(['kept']));
    const before = await medium.traces();
    const writer = spawn(
      process.execPath,
      ['--input-type=module', '--eval', endlessWriter, medium.url, medium.natsUrl],
      { cwd: import.meta.dirname, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    await waitFor(async () => (await medium.traces()).length > before.length, { until: 'a part is stored' });
    writer.kill('SIGKILL');
    await once(writer, 'exit');

    expect(await list()).toEqual({ kept: 4 });
    expect(await medium.traces()).toHaveLength(before.length + 1);
    expect(await sweepTwoHoursLater()).toEqual(['kept']);
    expect((await medium.traces()).sort()).toEqual(before.sort());
  });

  it('is usable while its medium is there, and may be closed twice', async () => {
    expect(await store.isUsable()).toBe(true);
    await store.close();
    await store.close();
    store = await openStagedFileStore(medium.url, medium.natsUrl);
  });
});
