import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Objm, type ObjectInfo, type ObjectStore, setSha256Backend, StorageType } from '@nats-io/obj';
import { connect } from '@nats-io/transport-node';
import { closeConnection, natsConnectionOptions } from '@tidetable/jetstream';
import { ReadableStream } from 'node:stream/web';
import type { Readable } from 'node:stream';
import { measureContent } from './measure-content.js';
import { clearStaleChunks, purgeObject, readChunks } from './object-chunks.js';
import { isStagedFileKey, stagedFileKey, stagedFileUri } from './staged-file-key.js';
import {
  type StagedFile,
  type StagedFileEntry,
  StagedFileMissingError,
  type StagedFileStore,
} from './staged-file-store.js';

/** The bucket of the object store that holds staged files. */
const stagedFilesBucket = 'STAGED_FILES';

/** Half of what a server accepts in a message by default: fewer round trips than the client's own choice. */
const chunkBytes = 512 * 1024;
/** How long the server may take to store one chunk. */
const chunkTimeoutMs = 30_000;

/** What the functions here work with. */
interface OpenBucket {
  manager: JetStreamManager;
  /** The bucket; made again when the server has lost it. */
  ensure(): Promise<ObjectStore>;
  objects: ObjectStore;
  now(): number;
}

/** Staged files as objects in NATS: for services on different hosts with nothing else to install. */
export async function openObjectStore(natsUrl: string, now: () => number): Promise<StagedFileStore> {
  setSha256Backend('native'); // The client's default hashes in JavaScript, at a tenth of the speed.
  const connection = await connect({
    ...natsConnectionOptions(natsUrl),
    name: 'staged-files',
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    waitOnFirstConnect: true,
  });
  const objm = new Objm(jetstream(connection));
  const ensure = (): Promise<ObjectStore> =>
    objm.create(stagedFilesBucket, {
      storage: StorageType.File,
      description: 'Files between fetching and loading',
    });
  const bucket = { manager: await jetstreamManager(connection), ensure, objects: await ensure(), now };
  const remove = async (uri: string): Promise<void> => removeObject(bucket, stagedFileKey(uri));
  return {
    write: async (key, content, options) => writeObject(bucket, key, content, options?.signal),
    read: async (uri) => readObject(bucket, uri),
    remove,
    removeKey: async (key) => remove(stagedFileUri(key)),
    list: () => listObjects(bucket),
    isUsable: () =>
      connection
        .rtt() // Fails at once while there is no connection, which a request would wait for.
        .then(() => bucket.objects.status())
        .then(
          () => true,
          () => false,
        ),
    close: () => closeConnection(connection),
  };
}

/** The object becomes visible with its last message, which replaces the earlier object of that name. */
async function writeObject(
  bucket: OpenBucket,
  key: string,
  content: Readable,
  signal: AbortSignal | undefined,
): Promise<StagedFile> {
  const uri = stagedFileUri(key);
  const { chunks, measure, failure } = measureContent(content, signal);
  try {
    const objects = await bucket.ensure();
    const meta = { name: key, options: { max_chunk_size: chunkBytes } };
    await objects.put(meta, ReadableStream.from(chunks), { timeout: chunkTimeoutMs });
    return { uri, ...measure() };
  } catch (error) {
    throw failure()?.error ?? error;
  } finally {
    content.destroy();
  }
}

async function readObject(bucket: OpenBucket, uri: string): Promise<Readable> {
  const info = await bucket.objects.info(stagedFileKey(uri));
  if (info === null || info.deleted) throw new StagedFileMissingError(uri);
  return readChunks(bucket.manager, uri, info);
}

async function removeObject(bucket: OpenBucket, key: string): Promise<void> {
  const info = await bucket.objects.info(key);
  if (info !== null) await purgeObject(bucket.manager, info);
}

async function* listObjects(bucket: OpenBucket): AsyncGenerator<StagedFileEntry, void, void> {
  const infos: ObjectInfo[] = [];
  await clearStaleChunks(bucket.manager, stagedFilesBucket, bucket.now(), async () => {
    infos.push(...(await bucket.objects.list()));
    return new Set(infos.map((info) => info.nuid));
  });
  for (const info of infos) {
    if (!isStagedFileKey(info.name)) continue;
    yield {
      key: info.name,
      uri: stagedFileUri(info.name),
      bytes: info.size,
      modifiedAt: new Date(info.mtime),
    };
  }
}
