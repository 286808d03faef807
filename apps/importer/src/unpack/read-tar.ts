import type { Readable, Writable } from 'node:stream';
import { SyncError } from '@tidetable/contracts';
import { extract, type Header } from 'tar-stream';
import { admitEntry, type EntryKind } from './admit-entry.js';
import type { Archive } from './archive.js';
import { pipeThrough } from './pipe-through.js';

/**
 * Lists a tar archive, for which it is read once from start to end; each member that is opened reads it again until the
 * member's end. Of several members with the same name the last counts, as when they are unpacked.
 *
 * @throws SyncError `archive-broken`, `archive-unsafe` or `archive-too-large`
 */
export async function readTar(open: () => Promise<AsyncIterable<Buffer>>): Promise<Archive> {
  const places = new Map<string, number>();
  let count = 0;
  for await (const entry of entriesOf(await open())) {
    count++;
    if (admitEntry(count, entry.header.name, kindOf(entry.header))) places.set(entry.header.name, count);
    entry.resume();
  }
  return {
    names: [...places.keys()],
    open: async (name) => readMember(await open(), places.get(name)!),
    close: async () => undefined,
  };
}

async function* readMember(
  content: AsyncIterable<Buffer>,
  place: number,
): AsyncGenerator<Buffer, void, void> {
  let count = 0;
  for await (const entry of entriesOf(content)) {
    count++;
    if (count < place) {
      entry.resume();
      continue;
    }
    yield* entry as AsyncIterable<Buffer>;
    return;
  }
  throw new SyncError('archive-broken', 'it ends early');
}

/** An entry as it passes; its content has to be read or let pass before the next one comes. */
interface Entry extends Readable {
  header: Header;
}

function entriesOf(content: AsyncIterable<Buffer>): AsyncGenerator<Entry, void, void> {
  // Archives older than POSIX have no magic. The types know neither that option nor that streams fit those of Node.
  const options: object = { allowUnknownFormat: true };
  return pipeThrough(content, extract(options) as unknown as Writable & AsyncIterable<Entry>);
}

function kindOf({ type }: Header): EntryKind {
  switch (type) {
    case 'symlink':
    case 'link':
      return 'link';
    case 'character-device':
    case 'block-device':
    case 'fifo':
      return 'device';
    case 'file':
    case 'contiguous-file':
      return 'file';
    default:
      // Of what the archive's format adds there is nothing to read.
      return 'directory';
  }
}
