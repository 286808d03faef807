import type { RecordedRequest, ResponseScript } from './response-script.js';

/** The validators and headers of a file that is served honestly. */
export interface ServedFile {
  /** With its quotes, e.g. `"v1"` or `W/"v1"`. */
  etag?: string;
  /** An HTTP date. */
  lastModified?: string;
  /** More headers, e.g. a media type. */
  headers?: Record<string, string>;
}

/** Answers a request for a file as RFC 9110 has it: 304 when the client has this version, else the whole file. */
export function answerFileRequest(
  request: RecordedRequest,
  content: string | Uint8Array,
  { etag, lastModified, headers = {} }: ServedFile,
): ResponseScript {
  const validators = {
    ...(etag === undefined ? {} : { ETag: etag }),
    ...(lastModified === undefined ? {} : { 'Last-Modified': lastModified }),
  };
  return isCurrent(request, etag, lastModified)
    ? { status: 304, headers: validators }
    : { headers: { ...validators, ...headers }, body: content };
}

/** `If-None-Match` is compared weakly, and when it is there `If-Modified-Since` is not looked at. */
function isCurrent({ headers }: RecordedRequest, etag?: string, lastModified?: string): boolean {
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() === '*') return true;
    const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');
    return etag !== undefined && ifNoneMatch.split(',').map(opaque).includes(opaque(etag));
  }
  const since = headers['if-modified-since'];
  return since !== undefined && lastModified !== undefined && Date.parse(lastModified) <= Date.parse(since);
}
