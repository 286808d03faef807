import { setTimeout as delay } from 'node:timers/promises';
import { errorCatalogue, SyncError } from '@tidetable/contracts';
import { type FileOptions, openFile } from '../open-file.js';
import { type FeaturePage, sliceFeatures } from './slice-features.js';

/** A page is held as a whole: one that is larger is asked for in smaller parts. In bytes. */
const pageBytesMax = 32 * 1024 * 1024;
/** Whatever a service says of itself comes in less. In bytes. */
const answerBytesMax = 16 * 1024 * 1024;
const attemptsMax = 5;
const retryDelayMs = 500;

/** Asks one service. Every address goes through the same guard as any other source's. */
export interface PageReader {
  /** The features at an address. @throws SyncError */
  features(url: URL): Promise<FeaturePage>;
  /** A JSON object at an address. @throws SyncError */
  object(url: URL): Promise<Readonly<Record<string, unknown>>>;
}

export function createPageReader(options: FileOptions, signal: AbortSignal): PageReader {
  const open = async (url: URL): Promise<AsyncIterable<Buffer>> => {
    const opened = await openFile(url, null, options, signal);
    if (!opened.isChanged) throw new SyncError('source-http-error');
    return opened.content as AsyncIterable<Buffer>;
  };
  return {
    features: async (url) => sliceFeatures(await open(url), pageBytesMax),
    object: async (url) => parseObject(await open(url)),
  };
}

async function parseObject(content: AsyncIterable<Buffer>): Promise<Record<string, unknown>> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of content) {
    bytes += piece.length;
    if (bytes > answerBytesMax) throw new SyncError('source-service-error', 'the answer is too long');
    pieces.push(piece);
  }
  try {
    const parsed: unknown = JSON.parse(
      Buffer.concat(pieces)
        .toString('utf8')
        .replace(/^\ufeff/, ''),
    );
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // Told below, without the text that could not be parsed.
  }
  throw new SyncError('source-service-error', 'the answer is no JSON object');
}

/**
 * Tries a page again when the service failed, with a rest that doubles, and a quarter of its size each time: large
 * pages are what makes them fail. Once one has come the size grows again. `fetch` is told how many features to ask for.
 *
 * @throws the last SyncError; one that waiting can't mend at once.
 */
export function growingPages(
  sizeMax: number,
  signal: AbortSignal,
): (fetch: (size: number) => Promise<FeaturePage>) => Promise<FeaturePage> {
  let size = sizeMax;
  return async (fetch) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const page = await fetch(size);
        size = Math.min(size * 2, sizeMax);
        return page;
      } catch (error) {
        if (!mayMend(error, size) || attempt === attemptsMax) throw error;
        size = Math.max(1, Math.floor(size / 4));
        await delay(retryDelayMs * 2 ** (attempt - 1) * (0.5 + Math.random()), undefined, { signal });
      }
    }
  };
}

function mayMend(error: unknown, size: number): boolean {
  if (!(error instanceof SyncError)) return false;
  if (error.code === 'file-too-large' || error.code === 'source-service-error') return size > 1;
  return errorCatalogue[error.code].directive === 'retry-later' && error.code !== 'source-rate-limited';
}
