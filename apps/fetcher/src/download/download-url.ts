import { SyncError, type SourceVersion } from '@tidetable/contracts';
import type { AxiosResponse } from 'axios';
import type { OpenedSource, UnchangedSource } from '../sources/source-connector.js';
import { classifyHttpFailure } from './classify-http-failure.js';
import { decodersFor } from './decode-content.js';
import { mediaTypeOf, nameFile } from './name-file.js';
import { type ContentLimits, fileTooLarge, readContent } from './read-content.js';
import { strongLastModified } from './strong-last-modified.js';
import { type Answer, headerOf, requestUrl, type RequestOptions } from './request-url.js';

export interface DownloadOptions extends RequestOptions, ContentLimits {
  userAgent: string;
}

/**
 * Begins the download of a URL, or learns from the source that the file still is `previous`.
 * @throws SyncError for whatever the source does wrong; the signal's reason when it aborts.
 */
export async function downloadUrl(
  url: string,
  previous: SourceVersion | null,
  options: DownloadOptions,
  signal: AbortSignal,
): Promise<OpenedSource | UnchangedSource> {
  const conditions = conditionsFor(previous);
  const headers = {
    Accept: '*/*',
    'Accept-Encoding': 'identity',
    'User-Agent': options.userAgent,
    ...conditions,
  };
  const answer = await requestUrl(url, headers, options, signal);
  try {
    if (answer.response.status === 304 && Object.keys(conditions).length > 0) {
      answer.response.data.destroy();
      return { isChanged: false, ...validatorsOf(answer.response, previous), httpStatus: 304 };
    }
    return openAnswer(answer, options, signal);
  } catch (error) {
    answer.response.data.destroy();
    throw error;
  }
}

/** The validators are echoed exactly as they were received; a server may understand no other spelling. */
function conditionsFor(previous: SourceVersion | null): Record<string, string> {
  const conditions: Record<string, string> = {};
  if (previous?.etag) conditions['If-None-Match'] = previous.etag;
  if (previous?.lastModified) conditions['If-Modified-Since'] = previous.lastModified;
  return conditions;
}

function openAnswer({ response, url }: Answer, options: DownloadOptions, signal: AbortSignal): OpenedSource {
  const failure = classifyHttpFailure(response.status);
  if (failure !== null) throw new SyncError(failure, `HTTP ${response.status}`);
  if (Number(headerOf(response, 'content-length') ?? 0) > options.fileBytesMax) {
    throw fileTooLarge(options.fileBytesMax);
  }
  const decoders = decodersFor(headerOf(response, 'content-encoding'));
  return {
    isChanged: true,
    content: readContent(response.data, decoders, options, signal),
    fileName: nameFile(headerOf(response, 'content-disposition'), url),
    mediaType: mediaTypeOf(headerOf(response, 'content-type')),
    ...validatorsOf(response, null),
    httpStatus: response.status,
  };
}

/** A 304 should repeat the validators; where it does not, those of the version we have stay. */
function validatorsOf(
  response: AxiosResponse,
  previous: SourceVersion | null,
): Pick<SourceVersion, 'etag' | 'lastModified'> {
  return {
    etag: headerOf(response, 'etag') ?? previous?.etag ?? null,
    lastModified:
      strongLastModified(headerOf(response, 'last-modified'), headerOf(response, 'date'), Date.now()) ??
      previous?.lastModified ??
      null,
  };
}
