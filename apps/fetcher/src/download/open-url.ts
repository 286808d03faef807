import type { Readable } from 'node:stream';
import { SyncError } from '@tidetable/contracts';
import { announcedDigest } from './body-digest.js';
import { classifyHttpFailure } from './classify-http-failure.js';
import { carriesCredentials } from './credentials.js';
import { decodersFor } from './decode-content.js';
import { mediaTypeOf, nameFile } from './name-file.js';
import { type ContentLimits, fileTooLarge, readContent } from './read-content.js';
import { type Answer, headerOf, requestUrl, type RequestOptions, type UrlRequest } from './request-url.js';
import { type BodyLimits, resumableBody } from './resumable-body.js';
import { reopeningOf } from './resume-download.js';

export interface DownloadOptions extends RequestOptions, ContentLimits, BodyLimits {}

/** Validators exactly as they were received. */
interface ReceivedValidators {
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** `Date` of the answer. */
  readonly date: string | null;
}

/** An answer with a body that may be the file. */
export interface OpenedUrl extends ReceivedValidators {
  readonly isModified: true;
  /** Decoded, bounded, and whole when it ends; fails with a SyncError, or a SourceChangedError when it is mixed. */
  readonly content: Readable;
  readonly fileName: string;
  readonly mediaType: string | null;
  readonly httpStatus: number;
  /** The address that gave it, after all redirects. */
  readonly url: URL;
}

/** The answer to a condition that holds. */
export interface NotModified extends ReceivedValidators {
  readonly isModified: false;
  readonly httpStatus: 304;
}

/**
 * Asks for a URL, under the given conditions (`If-None-Match` and the like), and begins to read what is there.
 * @throws SyncError for whatever the source does wrong; the signal's reason when it aborts.
 */
export async function openUrl(
  request: UrlRequest,
  conditions: Readonly<Record<string, string>>,
  options: DownloadOptions,
  signal: AbortSignal,
): Promise<OpenedUrl | NotModified> {
  const headers = { ...request.headers, ...conditions };
  const answer = await requestUrl({ ...request, headers }, options, signal);
  try {
    if (answer.response.status === 304 && Object.keys(conditions).length > 0) {
      // It has no body, whatever it says: read to its end it costs less than broken off.
      answer.response.data.resume();
      return { isModified: false, ...validatorsOf(answer), httpStatus: 304 };
    }
    return openAnswer(answer, request, options, signal);
  } catch (error) {
    answer.response.data.destroy();
    throw error;
  }
}

/** As `openUrl`, without conditions. */
export async function openWhole(
  request: UrlRequest,
  options: DownloadOptions,
  signal: AbortSignal,
): Promise<OpenedUrl> {
  const opened = await openUrl(request, {}, options, signal);
  if (!opened.isModified) throw new SyncError('source-http-error', 'HTTP 304');
  return opened;
}

function openAnswer(
  answer: Answer,
  request: UrlRequest,
  options: DownloadOptions,
  signal: AbortSignal,
): OpenedUrl {
  const { response, url } = answer;
  const failure = classifyHttpFailure(response.status, carriesCredentials(request.credentials, url));
  if (failure !== null) throw new SyncError(failure, `HTTP ${response.status}`);
  const length = headerOf(response, 'content-length');
  if (Number(length ?? 0) > options.fileBytesMax) throw fileTooLarge(options.fileBytesMax);
  const decoders = decodersFor(headerOf(response, 'content-encoding'));
  const digest = announcedDigest({
    reprDigest: headerOf(response, 'repr-digest'),
    digest: headerOf(response, 'digest'),
    contentMd5: headerOf(response, 'content-md5'),
  });
  const totalBytes = length === undefined ? null : Number(length);
  const body = resumableBody(
    response.data,
    totalBytes,
    reopeningOf(answer, request, options, signal),
    options,
  );
  return {
    isModified: true,
    content: readContent(body, decoders, digest, options, signal),
    fileName: nameFile(headerOf(response, 'content-disposition'), url),
    mediaType: mediaTypeOf(headerOf(response, 'content-type')),
    ...validatorsOf(answer),
    httpStatus: response.status,
    url,
  };
}

function validatorsOf({ response }: Answer): ReceivedValidators {
  return {
    etag: headerOf(response, 'etag') ?? null,
    lastModified: headerOf(response, 'last-modified') ?? null,
    date: headerOf(response, 'date') ?? null,
  };
}
