import type { Readable } from 'node:stream';
import type { SourceVersion } from '@tidetable/contracts';

/** The source said that it still is the version we have. */
export interface UnchangedSource {
  readonly isChanged: false;
  /** The validators as they are now, exactly as received. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** The provider's own word for this version, of those that have one. */
  readonly revision?: string;
  readonly httpStatus: number;
}

/** A file on its way. */
export interface OpenedSource {
  readonly isChanged: true;
  /**
   * The bytes of the file, without any transfer or content coding. Fails with a SyncError when they stop early,
   * stall, or are too many, and with a SourceChangedError when the file was replaced in between; ends only when the
   * file is whole. Must be read to its end or destroyed.
   */
  readonly content: Readable;
  /** The file's own name, last path segment only; empty when the source gave none. */
  readonly fileName: string;
  /** Lower-case and without parameters; `null` when the source declared none. */
  readonly mediaType: string | null;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** The provider's own word for this version, of those that have one. */
  readonly revision?: string;
  /**
   * Where no word of the provider's tells versions apart, but the content does: asked when that was read to its end.
   * The same for contents that hold the same, though they may be other bytes; `null` when it can't be told.
   */
  readonly revisionOfContent?: () => string | null;
  readonly httpStatus: number;
}

/**
 * One kind of source. Opening has no effect on the source, so it may be repeated at will.
 * Throws a SyncError when the source is at fault, and anything else when we are.
 */
export interface SourceConnector<Source> {
  /**
   * Opens the file as it is now, or learns that it still is `previous`; with `null` the file itself is wanted, whatever
   * is known of it. It may be `fileBytesMax` long, or as long as any file where that is not given. Aborting `signal`, which is also the deadline's, closes it at once.
   */
  open(
    source: Source,
    previous: SourceVersion | null,
    signal: AbortSignal,
    fileBytesMax?: number,
  ): Promise<OpenedSource | UnchangedSource>;
}
