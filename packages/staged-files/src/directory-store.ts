import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { measureContent } from './measure-content.js';
import { isStagedFileKey, stagedFileKey, stagedFileUri } from './staged-file-key.js';
import {
  staleAfterMs,
  type StagedFile,
  type StagedFileEntry,
  StagedFileMissingError,
  type StagedFileStore,
} from './staged-file-store.js';
import { writeAhead } from './write-ahead.js';

/** A file that is still being written: no key has a dot, so it is never taken for a whole one. */
const partialForm = /^\.[A-Za-z0-9-]+\.[0-9a-f-]+\.partial$/;

/** Staged files as files of one directory: this machine's, or a volume that all hosts mount. */
export async function openDirectoryStore(directory: string, now: () => number): Promise<StagedFileStore> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const remove = (uri: string): Promise<void> => rm(join(directory, stagedFileKey(uri)), { force: true });
  return {
    write: async (key, content, options) => writeFile(directory, key, content, options?.signal),
    read: async (uri) => readFile(directory, uri),
    remove: async (uri) => remove(uri),
    removeKey: async (key) => remove(stagedFileUri(key)),
    list: () => listFiles(directory, now),
    isUsable: () =>
      access(directory, constants.R_OK | constants.W_OK | constants.X_OK).then(
        () => true,
        () => false,
      ),
    close: async () => undefined,
  };
}

/** Beside, to the disk, then renamed over the earlier file; the directory is flushed so that the name lasts too. */
async function writeFile(
  directory: string,
  key: string,
  content: Readable,
  signal: AbortSignal | undefined,
): Promise<StagedFile> {
  const uri = stagedFileUri(key);
  const partial = join(directory, `.${key}.${randomUUID()}.partial`);
  const { chunks, measure } = measureContent(content, signal);
  try {
    await withFile(await open(partial, 'wx', 0o600), (file) => writeAhead(file, chunks));
    signal?.throwIfAborted();
    await rename(partial, join(directory, key));
    await withFile(await open(directory, 'r'), (entry) => entry.sync());
    return { uri, ...measure() };
  } catch (error) {
    content.destroy();
    await rm(partial, { force: true });
    throw error;
  }
}

/** Opened before it is returned, so that a missing file is told at once, and the content stays whatever follows. */
async function readFile(directory: string, uri: string): Promise<Readable> {
  try {
    const file = await open(join(directory, stagedFileKey(uri)), 'r');
    return file.createReadStream({ highWaterMark: 256 * 1024 });
  } catch (error) {
    if (isMissing(error)) throw new StagedFileMissingError(uri, { cause: error });
    throw error;
  }
}

async function* listFiles(directory: string, now: () => number): AsyncGenerator<StagedFileEntry, void, void> {
  for await (const { name } of await opendir(directory)) {
    const path = join(directory, name);
    const found = await stat(path).catch((error: unknown) => {
      if (isMissing(error)) return undefined; // Removed, or renamed into place, while the list was read.
      throw error;
    });
    if (found === undefined || !found.isFile()) continue;
    if (isStagedFileKey(name)) {
      yield { key: name, uri: stagedFileUri(name), bytes: found.size, modifiedAt: found.mtime };
    } else if (partialForm.test(name) && now() - found.mtimeMs > staleAfterMs) {
      await rm(path, { force: true });
    }
  }
}

async function withFile<T extends { close(): Promise<void> }>(
  file: T,
  work: (file: T) => Promise<void>,
): Promise<void> {
  try {
    await work(file);
  } finally {
    await file.close();
  }
}

function isMissing(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ENOENT';
}
