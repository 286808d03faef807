import type { DeclaredType } from './declared-type.js';
import type { RowSink } from './row-sink.js';

/** A column as the file declares it. */
export interface ReaderColumn {
  /** Its header as it stands in the file; `null` where the file names no columns. */
  readonly header: string | null;
  /** The type that the format declares; `null` where only the values can tell. */
  readonly type: DeclaredType | null;
}

/**
 * A table inside a staged file, opened by one of the formats. This is the port that every format implements;
 * what comes after it (columns, geometry, load, swap) knows nothing of formats.
 */
export interface TableReader {
  /**
   * The fields of every row, in order. Another list after `read` says that only a later row showed what columns there
   * are: what was read then is useless, and all begins anew with these.
   */
  readonly columns: readonly ReaderColumn[];

  /**
   * The field that is the row's geometry, where the format has one: well-known binary in degrees, with or without the SRID
   * 4326, as `bytes` or as `hex` digits of them; empty for none. It makes no column of its own but becomes the table's geometry.
   */
  readonly geometry?: { readonly column: number; readonly encoding: 'bytes' | 'hex' } | undefined;

  /**
   * Whether the format itself tells text from numbers and from yes and no, by quoting it: then a quoted value is text,
   * and any other is what it is written as, whatever the customer wants to be guessed.
   */
  readonly quotesText?: boolean;

  /** What the customer should know of how the file was read; complete once `read` is. */
  readonly warnings?: readonly string[];

  /** The names of other layers or sheets with rows, where they are known; complete once `read` is. */
  readonly otherLayers?: readonly string[];

  /** Feeds the rows at the beginning of the file, about a megabyte at most, to form a first opinion. */
  readSample(sink: RowSink): void;

  /**
   * Feeds every row, in order, from the beginning; may be called again. Awaits `pause` after at most about a
   * megabyte of input, so that the sink can hand on what it has and memory stays bounded.
   *
   * @throws SyncError when the file is not what its format demands
   */
  read(sink: RowSink, pause: () => Promise<void>): Promise<void>;

  /** Lets go of what reading needed, processes and temporary files; may be called at any time and again. */
  close?(): Promise<void>;
}

/**
 * A file as a format sees it: its beginning at hand, the whole of it as often as needed. It may be unpacked or decoded
 * on the way, so that its length is known at its end only.
 */
export interface OpenableFile {
  /** The first bytes, at most about a megabyte; all of them when the file is smaller. */
  readonly head: Buffer;
  /** Whether `head` is the whole file. */
  readonly isWhole: boolean;
  /** A fresh stream over the whole file; whoever leaves it early closes it. */
  open(): Promise<AsyncIterable<Buffer>>;
  /** The other files of a table that is not one file alone. */
  readonly companions?: Companions;
}

/** Files that are a table only together with the one whose beginning is at hand, or all files of a folder. */
export interface Companions {
  /** Each by its extension, as `.dbf`; in a folder by its name. A fresh stream each time. */
  readonly files: ReadonlyMap<string, () => Promise<AsyncIterable<Buffer>>>;
  readonly isFolder: boolean;
  /** How many bytes they may have together. */
  readonly bytesMax: number;
}
