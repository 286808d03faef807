import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openStagedFileStore, type StagedFileStore } from '@tidetable/staged-files';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';

describe('the directory of staged files', () => {
  let parent: string;
  let directory: string;
  let store: StagedFileStore;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'tidetable-staged-'));
    directory = join(parent, 'a', 'b');
    store = await openStagedFileStore(pathToFileURL(directory).href, 'nats://127.0.0.1:1');
  });
  afterEach(async () => {
    await store.close();
    await rm(parent, { recursive: true });
  });

  it('and its files are for their owner alone', async () => {
    await store.write('run-1', Readable.from(['x']));
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, 'run-1'))).mode & 0o777).toBe(0o600);
  });

  it('may hold things that are not ours, which are neither listed nor touched', async () => {
    await writeFile(join(directory, 'lost.and.found'), 'x');
    await writeFile(join(directory, '.hidden'), 'x');
    await mkdir(join(directory, 'folder'));
    const keys: string[] = [];
    for await (const { key } of store.list()) keys.push(key);
    expect(keys).toEqual([]);
    expect((await readdir(directory)).sort()).toEqual(['.hidden', 'folder', 'lost.and.found']);
  });

  it('passes on the errors of the medium as they are', async () => {
    expect(await store.isUsable()).toBe(true);
    await rm(directory, { recursive: true });
    expect(await store.isUsable()).toBe(false);
    const content = Readable.from(['x']);
    await expect(store.write('run-1', content)).rejects.toMatchObject({ code: 'ENOENT', syscall: 'open' });
    expect(content.destroyed).toBe(true);
  });
});
