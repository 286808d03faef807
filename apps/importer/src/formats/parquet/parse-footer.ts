import { SyncError } from '@tidetable/contracts';
import { unsupportedFile } from './damaged-file.js';
import { parseSchema } from './parse-schema.js';
import { leavesOf, type SchemaNode, storedTypes } from './schema-tree.js';
import { ThriftReader, thriftType } from './thrift-reader.js';

/** Where the values of a leaf lie in a group of rows. */
export interface LeafChunk {
  /** The number of the codec that packs its pages. */
  readonly codec: number;
  /** Entries: values, nothings and, in lists, what stands for an empty one. */
  readonly entries: number;
  /** Where its first page is. */
  readonly start: number;
}

/** Rows that are stored together. */
export interface RowGroup {
  readonly rows: number;
  /** By leaf. */
  readonly chunks: readonly LeafChunk[];
}

/** What a file says of itself. Groups are read from the footer one at a time, since there may be very many chunks. */
export interface FileDescription {
  readonly schema: SchemaNode;
  readonly rows: number;
  readonly groupsCount: number;
  group(index: number): RowGroup;
  /** What programs noted in the file under a name; `null` where there is nothing. */
  note(key: string): string | null;
}

const groupsMax = 1_000_000;
const notesMax = 1_000;

/**
 * Reads what the footer says, and makes sure of it: that all groups describe all leaves, and that chunks lie before the
 * footer, which begins at `dataEnd`.
 *
 * @throws RangeError when it is damaged, SyncError `archive-encrypted`, `columns-too-many` or `file-type-unsupported`
 */
export function parseFooter(footer: Buffer, dataEnd: number): FileDescription {
  let schema: SchemaNode | null = null;
  let rows = -1;
  const groupStarts: number[] = [];
  const notes = new Map<string, { start: number; end: number }>();
  const reader = new ThriftReader(footer, 0, footer.length);
  reader.struct((id, type) => {
    if (id === 2 && type === thriftType.list) schema = parseSchema(reader);
    else if (id === 3) rows = reader.integer();
    else if (id === 4 && type === thriftType.list) {
      reader.list(() => {
        if (groupStarts.length >= groupsMax) throw new RangeError('there are too many groups of rows');
        groupStarts.push(reader.at);
        reader.skip(thriftType.struct);
      });
    } else if (id === 5 && type === thriftType.list) reader.list(() => parseNote(reader, notes));
    else return false;
    return true;
  });
  if (schema === null || !Number.isSafeInteger(rows) || rows < 0)
    throw new RangeError('the footer is not whole');
  const paths = pathsOf(schema);
  const leaves = leavesOf(schema);
  const group = (index: number): RowGroup =>
    parseGroup(new ThriftReader(footer, groupStarts[index]!, footer.length), leaves, paths, dataEnd);
  let sum = 0;
  for (let index = 0; index < groupStarts.length; index++) sum += group(index).rows;
  if (sum !== rows) throw new RangeError('the groups have other rows than the file');
  return {
    schema,
    rows,
    groupsCount: groupStarts.length,
    group,
    note: (key) => {
      const place = notes.get(key);
      return place === undefined ? null : footer.toString('utf8', place.start, place.end);
    },
  };
}

/** The path of each leaf, as chunks name it. */
function pathsOf(schema: SchemaNode): string[] {
  const walk = (node: SchemaNode, path: string): string[] =>
    node.children.length === 0
      ? [path]
      : node.children.flatMap((child) => walk(child, `${path}\0${child.name}`));
  return schema.children.flatMap((child) => walk(child, child.name));
}

function parseNote(reader: ThriftReader, notes: Map<string, { start: number; end: number }>): void {
  let key = '';
  let place: { start: number; end: number } | null = null;
  reader.struct((id, type) => {
    if (type !== thriftType.binary || id > 2) return false;
    if (id === 1) key = reader.text();
    else place = reader.binary();
    return true;
  });
  if (place !== null && notes.size < notesMax) notes.set(key, place);
}

function parseGroup(
  reader: ThriftReader,
  leaves: readonly SchemaNode[],
  paths: readonly string[],
  dataEnd: number,
): RowGroup {
  let rows = -1;
  const chunks: LeafChunk[] = [];
  reader.struct((id, type) => {
    if (id === 3) rows = reader.integer();
    else if (id === 1 && type === thriftType.list) {
      reader.list((index) => {
        chunks.push(parseChunk(reader, leaves[index], paths[index], dataEnd));
      });
    } else return false;
    return true;
  });
  if (!Number.isSafeInteger(rows) || rows < 0) throw new RangeError('a group says nothing of its rows');
  if (chunks.length !== leaves.length) throw new RangeError('a group has other columns than the schema');
  chunks.forEach(({ entries }, index) => {
    const isFlat = leaves[index]!.repetitionLevel === 0;
    if (isFlat ? entries !== rows : entries < rows)
      throw new RangeError('a column has other rows than its group');
  });
  return { rows, chunks };
}

function parseChunk(
  reader: ThriftReader,
  leaf: SchemaNode | undefined,
  path: string | undefined,
  dataEnd: number,
): LeafChunk {
  let chunk: LeafChunk | null = null;
  let isEncrypted = false;
  reader.struct((id, type) => {
    if (id === 1 && type === thriftType.binary) {
      if (reader.text() !== '') throw unsupportedFile('whose columns are in other files');
      return true;
    }
    if (id === 8 || id === 9) isEncrypted = true;
    if (id !== 3 || type !== thriftType.struct) return false;
    chunk = parseChunkMetadata(reader, leaf, path, dataEnd);
    return true;
  });
  if (isEncrypted) throw new SyncError('archive-encrypted', 'it is a Parquet file');
  if (chunk === null) throw new RangeError('a column is not described');
  return chunk;
}

function parseChunkMetadata(
  reader: ThriftReader,
  leaf: SchemaNode | undefined,
  path: string | undefined,
  dataEnd: number,
): LeafChunk {
  const numbers = { type: -1, codec: -1, entries: -1, data: 0, dictionary: 0 };
  const names: Record<number, keyof typeof numbers> = {
    1: 'type',
    4: 'codec',
    5: 'entries',
    9: 'data',
    11: 'dictionary',
  };
  const parts: string[] = [];
  reader.struct((id, type) => {
    const name = names[id];
    if (name !== undefined) numbers[name] = reader.integer();
    else if (id === 3 && type === thriftType.list) reader.list(() => parts.push(reader.text()));
    else return false;
    return true;
  });
  const { type, codec, entries, data, dictionary } = numbers;
  if (storedTypes[type] !== leaf?.storedType || parts.join('\0') !== path) {
    throw new RangeError('a column is another one than in the schema');
  }
  const start = dictionary > 0 ? Math.min(data, dictionary) : data;
  if (!Number.isSafeInteger(entries) || entries < 0 || !(start >= 4 && (start < dataEnd || entries === 0))) {
    throw new RangeError('a column does not lie in the file');
  }
  return { codec, entries, start };
}
