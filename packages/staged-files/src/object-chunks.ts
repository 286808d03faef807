import type { JetStreamManager } from '@nats-io/jetstream';
import type { ObjectInfo } from '@nats-io/obj';
import { Readable } from 'node:stream';
import { staleAfterMs, StagedFileMissingError } from './staged-file-store.js';

/**
 * The layout of an object store, which all NATS clients share: a stream `OBJ_<bucket>` whose messages under
 * `$O.<bucket>.C.<id>` are the chunks of one object, and whose one message under `$O.<bucket>.M.<name>` says which
 * id the object of that name has now.
 */
const streamOf = (bucket: string): string => `OBJ_${bucket}`;
const chunksOf = (bucket: string, id: string): string => `$O.${bucket}.C.${id}`;
const nameOf = (bucket: string, name: string): string =>
  `$O.${bucket}.M.${Buffer.from(name).toString('base64').replaceAll('+', '-').replaceAll('/', '_')}`;

/**
 * The content of one object, asked for chunk by chunk. The client's own reader takes whatever the server pushes into
 * memory, however slowly it is read; this one holds a chunk or two, and leaves no consumer behind when it is killed.
 */
export function readChunks(manager: JetStreamManager, uri: string, info: ObjectInfo): Readable {
  async function* chunks(): AsyncGenerator<Uint8Array, void, void> {
    let sequence = 0;
    let bytes = 0;
    while (bytes < info.size) {
      const message = await manager.direct.getMessage(streamOf(info.bucket), {
        seq: sequence + 1,
        next_by_subj: chunksOf(info.bucket, info.nuid),
      });
      if (message === null) throw new StagedFileMissingError(uri);
      sequence = message.seq;
      bytes += message.data.length;
      yield message.data;
    }
  }
  return Readable.from(chunks(), { objectMode: false, highWaterMark: 256 * 1024 });
}

/** Removes exactly the object that `info` describes; one that was written over it meanwhile stays. */
export async function purgeObject(manager: JetStreamManager, info: ObjectInfo): Promise<void> {
  const stream = streamOf(info.bucket);
  await manager.streams.purge(stream, { filter: nameOf(info.bucket, info.name), seq: info.revision + 1 });
  await manager.streams.purge(stream, { filter: chunksOf(info.bucket, info.nuid) });
}

/**
 * Clears chunks that no object names and that are older than any writer that could still be at work: a writer was
 * killed, or two wrote one name at the same time. What is in use is asked for after the chunks were listed.
 */
export async function clearStaleChunks(
  manager: JetStreamManager,
  bucket: string,
  now: number,
  idsInUse: () => Promise<Set<string>>,
): Promise<void> {
  const stream = streamOf(bucket);
  const { state } = await manager.streams.info(stream, { subjects_filter: chunksOf(bucket, '>') });
  const inUse = await idsInUse();
  for (const subject of Object.keys(state.subjects ?? {})) {
    if (inUse.has(subject.slice(chunksOf(bucket, '').length))) continue;
    const last = await manager.direct.getMessage(stream, { last_by_subj: subject });
    if (last === null || now - last.time.getTime() < staleAfterMs) continue;
    await manager.streams.purge(stream, { filter: subject });
  }
}
