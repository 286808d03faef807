import type { Readable } from 'node:stream';
import { SyncError } from '@tidetable/contracts';
import { classifyHttpFailure } from './classify-http-failure.js';
import { carriesCredentials } from './credentials.js';
import { type Answer, headerOf, requestUrl, type RequestOptions, type UrlRequest } from './request-url.js';
import { type Reopen, SourceChangedError } from './resumable-body.js';
import { skipBytes } from './skip-bytes.js';
import { strongLastModified } from './strong-last-modified.js';

/**
 * How the rest of this answer's body can be asked for, if it can: the answer must have a validator that stands for
 * these very bytes, so that parts of two versions are never joined.
 *
 * A server that knows nothing of ranges and sends the same version from its beginning is read again up to where it
 * broke off.
 */
export function reopeningOf(
  first: Answer,
  request: UrlRequest,
  options: RequestOptions,
  signal: AbortSignal,
): Reopen | null {
  const validator = strongValidatorOf(first);
  if (validator === null) return null;
  return async (offsetBytes, stopped) => {
    const range = { Range: `bytes=${offsetBytes}-`, 'If-Range': validator };
    const headers = { ...request.headers, ...range };
    const either = AbortSignal.any([signal, stopped]);
    const answer = await requestUrl({ ...request, headers }, options, either);
    try {
      return restOf(answer, first, offsetBytes, carriesCredentials(request.credentials, answer.url));
    } catch (error) {
      answer.response.data.destroy();
      throw error;
    }
  };
}

/** For `If-Range` (RFC 9110, 13.1.5): a strong tag; a date only where there is no tag, and only one that is strong. */
function strongValidatorOf({ response }: Answer): string | null {
  const etag = headerOf(response, 'etag');
  if (etag !== undefined) return /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(etag) ? etag : null;
  const date = headerOf(response, 'date');
  return date === undefined
    ? null
    : strongLastModified(headerOf(response, 'last-modified'), date, Date.now());
}

/** @throws SourceChangedError, or a SyncError when there is no body now and may be one later. */
function restOf({ response }: Answer, first: Answer, offsetBytes: number, hadCredentials: boolean): Readable {
  const isSame = (['etag', 'last-modified', 'content-encoding'] as const).every(
    (name) => headerOf(response, name) === headerOf(first.response, name),
  );
  switch (response.status) {
    case 206: {
      const range = contentRangeOf(headerOf(response, 'content-range'));
      if (!isSame || range?.firstByte !== offsetBytes) throw changed();
      const total = headerOf(first.response, 'content-length');
      if (total !== undefined && range.totalBytes !== null && range.totalBytes !== Number(total))
        throw changed();
      return response.data;
    }
    case 200:
      if (!isSame) throw changed();
      return skipBytes(response.data, offsetBytes);
    case 412:
    case 416:
      throw changed();
    default:
      throw new SyncError(
        classifyHttpFailure(response.status, hadCredentials) ?? 'source-http-error',
        `HTTP ${response.status}`,
      );
  }
}

/** What a `Content-Range` says; `null` when it says nothing that is understood. */
export function contentRangeOf(header = ''): { firstByte: number; totalBytes: number | null } | null {
  const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header.trim()) ?? [];
  if (first === undefined) return null;
  return { firstByte: Number(first), totalBytes: total === '*' ? null : Number(total) };
}

function changed(): SourceChangedError {
  return new SourceChangedError('the source is another version than that whose beginning we have');
}
