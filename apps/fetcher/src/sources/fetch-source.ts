import type { RunDescription, SourceVersion, StagedFileReference } from '@tidetable/contracts';
import type { StagedFileStore } from '@tidetable/staged-files';
import { type Attempt, attemptKey } from './attempt-file.js';
import type { SourceConnector, UnchangedSource } from './source-connector.js';

/** The connector of every kind of source. */
export type SourceConnectors = {
  [Kind in RunDescription['source']['kind']]: SourceConnector<
    Extract<RunDescription['source'], { kind: Kind }>
  >;
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

/**
 * Brings the source of a run into the store, as the file of this attempt, unless the source says that it is
 * unchanged. Where only the content's hash says so, the file is in the store nevertheless and is the caller's to
 * remove. A failure leaves no file.
 *
 * @throws SyncError when the source is at fault; whatever the store throws when it fails; the signal's reason.
 */
export async function fetchSource(
  { source, previous }: RunDescription,
  attempt: Attempt,
  sources: SourceConnectors,
  store: StagedFileStore,
  signal: AbortSignal,
): Promise<UnchangedFile | StagedSource> {
  const startedAt = performance.now();
  const opened = await sources[source.kind].open(source, previous, signal);
  if (!opened.isChanged) return unchangedByValidator(opened, previous, performance.now() - startedAt);
  const { content, fileName, mediaType, etag, lastModified, httpStatus } = opened;
  const file = await store.write(attemptKey(attempt), content, { signal });
  const fetched = {
    source: { etag, lastModified, sha256: file.sha256, bytes: file.bytes },
    fetchMs: performance.now() - startedAt,
    httpStatus,
  };
  return file.sha256 === previous?.sha256
    ? { ...fetched, isChanged: false, unchangedBy: 'content-hash' }
    : { ...fetched, isChanged: true, file, fileName, mediaType };
}

function unchangedByValidator(
  { etag, lastModified, httpStatus }: UnchangedSource,
  previous: SourceVersion | null,
  fetchMs: number,
): UnchangedFile {
  if (previous === null)
    throw new Error('a source was called unchanged without a version to compare it with');
  const source = { ...previous, etag, lastModified };
  return { isChanged: false, unchangedBy: 'validator', source, fetchMs, httpStatus };
}
