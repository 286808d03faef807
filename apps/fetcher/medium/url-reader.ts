import { createHash } from 'node:crypto';
import type { SourceVersion } from '@tidetable/contracts';
import { isPortHarmless } from '../src/addresses/allowed-ports.js';
import { parseNetworks } from '../src/addresses/classify-address.js';
import type { Credentials } from '../src/download/credentials.js';
import type { DownloadOptions } from '../src/download/open-url.js';
import type { OpenedSource } from '../src/sources/source-connector.js';
import { createHostLimits } from '../src/politeness/host-limits.js';
import { createUrlSource } from '../src/sources/url-source.js';
import { withinDeadline } from '../src/sources/within-deadline.js';

/** What a URL source did, with the content read to its end. */
export type ReadSource =
  | { isChanged: false; etag: string | null; lastModified: string | null; httpStatus: number }
  | (Omit<OpenedSource, 'content'> & { bytes: number; sha256: string; text: string });

interface ReadOptions extends DownloadOptions {
  downloadTimeoutMs: number;
  /** What the customer gave for the requests. */
  kept: Credentials | null;
}

/** Loopback is open here, and no test may look a name up: those that need one script the resolver. */
const optionsOfTests: ReadOptions = {
  resolveName: () => Promise.reject(new Error('this test has no names')),
  addressRules: { allowed: parseNetworks('127.0.0.1/32'), refused: [] },
  isPortAllowed: isPortHarmless,
  hostLimits: createHostLimits({ inFlightMax: 0, perMinuteMax: 0, waitMs: 1_000 }),
  userAgent: 'Tidetable/test',
  redirectsMax: 5,
  fileBytesMax: 64 * 1024 * 1024,
  connectTimeoutMs: 5_000,
  idleTimeoutMs: 5_000,
  downloadTimeoutMs: 20_000,
  resumeDelayMs: 10,
  kept: null,
};

/** Opens a URL as the fetcher does and reads it to its end; the beginning of the content is kept as text. */
export async function readUrl(
  url: string,
  options: Partial<ReadOptions> = {},
  previous: SourceVersion | null = null,
  signal: AbortSignal = new AbortController().signal,
): Promise<ReadSource> {
  const all = { ...optionsOfTests, ...options };
  return withinDeadline(all.downloadTimeoutMs, signal, async (either) => {
    const opened = await createUrlSource(all, () => Promise.resolve(all.kept)).open(
      { kind: 'url', url },
      previous,
      either,
    );
    if (!opened.isChanged) return opened;
    const { content, ...rest } = opened;
    const hash = createHash('sha256');
    let bytes = 0;
    let text = '';
    for await (const piece of content as AsyncIterable<Buffer>) {
      hash.update(piece);
      bytes += piece.length;
      if (text.length < 10_000) text += piece.toString();
    }
    return { ...rest, bytes, sha256: hash.digest('hex'), text };
  });
}

/** A version with these validators, of some other content. */
export function versionWith(etag: string | null, lastModified: string | null): SourceVersion {
  return { etag, lastModified, sha256: '0'.repeat(64), bytes: 3 };
}
