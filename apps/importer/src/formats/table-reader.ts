import type { RowSink } from './row-sink.js';

/**
 * A table inside a staged file, opened by one of the formats. This is the port that every format implements;
 * what comes after it (columns, geometry, load, swap) knows nothing of formats.
 */
export interface TableReader {
  /** The headers as they stand in the file, one for each column; `null` where the file names no columns. */
  readonly headers: readonly (string | null)[];

  /** Feeds the rows at the beginning of the file, about a megabyte at most, to form a first opinion. */
  readSample(sink: RowSink): void;

  /**
   * Feeds every row, in order, from the beginning; may be called again. Awaits `pause` after at most about a
   * megabyte of input, so that the sink can hand on what it has and memory stays bounded.
   *
   * @throws SyncError when the file is not what its format demands
   */
  read(sink: RowSink, pause: () => Promise<void>): Promise<void>;
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
}
