import type { Readable } from 'node:stream';

/** What is known about a file once it is at rest. */
export interface StagedFile {
  /** Names the file for every host that is configured with the same store; never a path. */
  uri: string;
  bytes: number;
  /** Lower-case hex of the SHA-256 of its bytes. */
  sha256: string;
}

/** A file that a store holds. */
export interface StagedFileEntry {
  key: string;
  uri: string;
  bytes: number;
  modifiedAt: Date;
}

/**
 * Where files rest between the service that fetched them and the one that loads them. Any number of processes use
 * one store at the same time. Files are streamed in and out; none is ever held in memory as a whole.
 *
 * A key is 1 to 128 letters, digits and hyphens; anything else throws. Errors of the medium (a full disk, a server
 * that is away) are passed on as they are.
 */
export interface StagedFileStore {
  /**
   * Stores the content under the key and returns once it is durable. Until then a reader sees the earlier file of
   * that key, or none; never a part. Of several writers of one key, the last to finish wins.
   *
   * When the content fails or `signal` aborts, nothing is left behind, and the content's own error, or the signal's
   * reason, is thrown. The content is destroyed in either case.
   */
  write(key: string, content: Readable, options?: { signal?: AbortSignal }): Promise<StagedFile>;
  /**
   * Streams a file. When it is removed or replaced meanwhile, the stream gives the old content to its end or fails
   * with StagedFileMissingError; it never mixes two files and never ends early as if it were whole.
   * What was written is not checked again: whoever needs that compares the hash.
   *
   * @throws StagedFileMissingError when there is no such file.
   */
  read(uri: string): Promise<Readable>;
  /** Removes the file if it is there. */
  remove(uri: string): Promise<void>;
  /** As `remove`, by key. */
  removeKey(key: string): Promise<void>;
  /**
   * The files that are whole, in no order. On the way it clears what writers that were killed an hour ago or
   * earlier have left, so that going through the list now and then keeps the store clean.
   */
  list(): AsyncIterable<StagedFileEntry>;
  /** Whether files can be written and read now; never throws. */
  isUsable(): Promise<boolean>;
  /** Lets go of what the store holds open. Idempotent. */
  close(): Promise<void>;
}

/** What a killed writer left is cleared when it is older than this: no living writer pauses for so long. */
export const staleAfterMs = 60 * 60_000;

/** The store holds no file of this name, or holds it no longer. */
export class StagedFileMissingError extends Error {
  override readonly name = 'StagedFileMissingError';

  constructor(
    readonly uri: string,
    options?: ErrorOptions,
  ) {
    super(`there is no staged file ${uri}`, options);
  }
}
