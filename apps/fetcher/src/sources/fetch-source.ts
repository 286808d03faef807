import { pipeline, type Readable, Transform } from 'node:stream';
import {
  type RunDescription,
  type Source,
  type SourceVersion,
  type StagedFileReference,
  SyncError,
  type SyncErrorCode,
} from '@tidetable/contracts';
import type { StagedFileStore } from '@tidetable/staged-files';
import { SourceChangedError } from '../download/resumable-body.js';
import { type Attempt, attemptKey } from './attempt-file.js';
import { afterBelief, afterComparison, believableVersion } from './judge-validators.js';
import type { SourceConnector, UnchangedSource } from './source-connector.js';
import { withinDeadline } from './within-deadline.js';

/** The connector of every kind of source. */
export type SourceConnectors = {
  [Kind in Source['kind']]: SourceConnector<Extract<Source, { kind: Kind }>>;
};

interface Fetched {
  source: SourceVersion;
  /** From the first request to the whole file at rest, or to knowing that it is unchanged. */
  fetchMs: number;
  httpStatus: number;
}

/** The table holds this version already. */
export interface UnchangedFile extends Fetched {
  isChanged: false;
  unchangedBy: 'validator' | 'content-hash';
}

/** A version that the table does not hold; the whole file is at rest. */
export interface StagedSource extends Fetched {
  isChanged: true;
  file: StagedFileReference;
  fileName: string;
  mediaType: string | null;
}

/** A source that changed while it was read, or came broken and can't be resumed, is read anew so many times. */
const restartsMax = { changed: 3, broken: 1 };
const brokenCodes: readonly SyncErrorCode[] = ['source-truncated', 'source-digest-mismatch'];

export interface FetchOptions {
  /** From the first request to the last byte, in milliseconds; all attempts together. */
  downloadTimeoutMs: number;
  /** Fetches the file whatever is known of it, and calls it changed. @default false */
  isForced?: boolean;
  /** Told of the bytes that have arrived so far, at each piece. */
  onBytes?: (bytes: number) => void;
}

/** What fetching must know of a run. */
export type FetchedRun = Pick<RunDescription, 'source' | 'previous' | 'askedBy' | 'options'>;

/**
 * Brings the source of a run into the store, as the file of this attempt, unless the source says that it is
 * unchanged and is to be believed. Where only the content's hash says so, the file is in the store nevertheless and is
 * the caller's to remove. A failure leaves no file.
 *
 * @throws SyncError when the source is at fault; whatever the store throws when it fails; the signal's reason.
 */
export async function fetchSource(
  run: FetchedRun,
  attempt: Attempt,
  sources: SourceConnectors,
  store: StagedFileStore,
  { downloadTimeoutMs, isForced = false, onBytes }: FetchOptions,
  signal: AbortSignal,
): Promise<UnchangedFile | StagedSource> {
  const { source, previous, askedBy, options } = run;
  const startedAt = performance.now();
  const asked = isForced ? null : believableVersion(previous, askedBy === 'hand', new Date());
  return withinDeadline(downloadTimeoutMs, signal, (either) =>
    untilWhole(async () => {
      const connector = connectorOf(source, sources);
      const opened = await connector.open(source, asked, either, options.limits?.fileBytes);
      if (!opened.isChanged) return unchangedByValidator(opened, previous, performance.now() - startedAt);
      const { content, fileName, mediaType, etag, lastModified, httpStatus } = opened;
      const file = await store.write(attemptKey(attempt), counted(content, onBytes), { signal: either });
      const ofContent = opened.revisionOfContent?.() ?? undefined;
      const revision = opened.revision ?? ofContent;
      const isSame =
        file.sha256 === previous?.sha256 || (ofContent !== undefined && ofContent === previous?.revision);
      const validation = afterComparison(previous, { etag, lastModified }, isSame, new Date());
      const fetched = {
        source: {
          ...{ etag, lastModified, ...spread(revision) },
          ...{ sha256: file.sha256, bytes: file.bytes, validation },
        },
        fetchMs: performance.now() - startedAt,
        httpStatus,
      };
      return isSame && !isForced
        ? { ...fetched, isChanged: false, unchangedBy: 'content-hash' }
        : { ...fetched, isChanged: true, file, fileName, mediaType };
    }),
  );
}

/** The same content; each piece is counted on its way. Whichever of the two ends, or fails, ends the other. */
function counted(content: Readable, onBytes: FetchOptions['onBytes']): Readable {
  if (onBytes === undefined) return content;
  let bytes = 0;
  const counter = new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      onBytes(bytes);
      done(null, piece);
    },
  });
  // Who reads the counter hears of a failure.
  return pipeline(content, counter, () => undefined);
}

/** Repeats what ended with a part, or a mixture, of the source. */
async function untilWhole<T>(fetch: () => Promise<T>): Promise<T> {
  for (let changed = 0, broken = 0; ;) {
    try {
      return await fetch();
    } catch (error) {
      if (error instanceof SourceChangedError) {
        if ((changed += 1) > restartsMax.changed)
          throw new SyncError('source-changing', undefined, { cause: error });
      } else if (!(error instanceof SyncError) || !brokenCodes.includes(error.code)) {
        throw error;
      } else if ((broken += 1) > restartsMax.broken) {
        throw error;
      }
    }
  }
}

/** The connectors are keyed by the kinds of sources, which TypeScript cannot follow through the lookup. */
function connectorOf<S extends Source>(source: S, sources: SourceConnectors): SourceConnector<S> {
  return sources[source.kind] as unknown as SourceConnector<S>;
}

function spread(revision: string | undefined): Pick<SourceVersion, 'revision'> {
  return revision === undefined ? {} : { revision };
}

function unchangedByValidator(
  { etag, lastModified, revision, httpStatus }: UnchangedSource,
  previous: SourceVersion | null,
  fetchMs: number,
): UnchangedFile {
  if (previous === null)
    throw new Error('a source was called unchanged without a version to compare it with');
  const validation = afterBelief(previous, new Date());
  const source = {
    ...previous,
    // A validator that was not asked by stays known.
    etag: etag ?? previous.etag,
    lastModified: lastModified ?? previous.lastModified,
    ...spread(revision),
    validation,
  };
  return { isChanged: false, unchangedBy: 'validator', source, fetchMs, httpStatus };
}
