import type { SourceVersion } from '@tidetable/contracts';
import { type Credentials, credentialsInUrl } from '../download/credentials.js';
import { type DownloadOptions, openUrl, openWhole, type OpenedUrl } from '../download/open-url.js';
import { peekContent } from '../download/peek-content.js';
import { strongLastModified } from '../download/strong-last-modified.js';
import { followUpAddress } from './pages/follow-up-address.js';
import { isWebPage, pageBytes, recognisePage, shownBytes } from './pages/recognise-page.js';
import type { OpenedSource, UnchangedSource } from './source-connector.js';
import { conditionsFor, contradicts } from './validators.js';

export interface FileOptions extends DownloadOptions {
  /** What the customer gave for this source; sent to their own origin only. @default those in the URL */
  credentials?: Credentials | null;
}

/**
 * Opens the file at an address, or learns from its server that it still is `previous`. A page in place of the file
 * is a failure of its own kind; where an answer only tells the way to the file, that way is gone once.
 *
 * @throws SyncError, or the signal's reason.
 */
export async function openFile(
  url: URL,
  previous: SourceVersion | null,
  options: FileOptions,
  signal: AbortSignal,
): Promise<OpenedSource | UnchangedSource> {
  const request = { url, credentials: options.credentials ?? credentialsInUrl(url) };
  const opened = await openUrl(request, conditionsFor(previous), options, signal);
  if (opened.isModified) return asFile(opened, options, signal);
  if (previous !== null && !contradicts(previous, opened)) {
    return {
      isChanged: false,
      // What the server has matched once it will match again; what it repeats may be spelt otherwise.
      etag: previous.etag ?? opened.etag,
      lastModified: previous.lastModified ?? storedLastModified(opened),
      httpStatus: opened.httpStatus,
    };
  }
  return asFile(await openWhole(request, options, signal), options, signal);
}

async function asFile(
  opened: OpenedUrl,
  options: DownloadOptions,
  signal: AbortSignal,
  mayFollow = true,
): Promise<OpenedSource> {
  try {
    const { head, content } = await peekPage(opened);
    const followUp = mayFollow ? followUpAddress(head, opened.url) : null;
    if (followUp !== null) {
      content.destroy();
      return await asFile(await openWhole({ url: followUp }, options, signal), options, signal, false);
    }
    const failure = recognisePage(head, opened.url);
    if (failure !== null) throw failure;
    const { fileName, mediaType, etag, httpStatus } = opened;
    return {
      isChanged: true,
      ...{ content, fileName, mediaType, etag, httpStatus },
      lastModified: storedLastModified(opened),
    };
  } catch (error) {
    opened.content.destroy();
    throw error;
  }
}

/** The beginning; more of it where it is a page. */
async function peekPage({ content }: OpenedUrl): ReturnType<typeof peekContent> {
  const peeked = await peekContent(content, shownBytes);
  return isWebPage(peeked.head) ? peekContent(peeked.content, pageBytes) : peeked;
}

function storedLastModified({
  lastModified,
  date,
}: {
  lastModified: string | null;
  date: string | null;
}): string | null {
  return strongLastModified(lastModified ?? undefined, date ?? undefined, Date.now());
}
