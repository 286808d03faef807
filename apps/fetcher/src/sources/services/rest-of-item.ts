import type { Readable } from 'node:stream';
import { contentRangeOf } from '../../download/resume-download.js';
import { SourceChangedError } from '../../download/resumable-body.js';
import { skipBytes } from '../../download/skip-bytes.js';
import type { OpenedAnswer } from '../../providers/ask-service.js';

/**
 * What is left of a content from this byte on. A service that sends all of it again is read up to there.
 *
 * @throws SourceChangedError when it is not the rest of what we have
 */
export function restOfItem(
  { status, headers, body }: OpenedAnswer,
  firstByte: number,
  totalBytes: number | null,
): Readable {
  if (status === 200) return skipBytes(body, firstByte);
  const range = contentRangeOf(headers['content-range']);
  const isTheRest =
    status === 206 &&
    range?.firstByte === firstByte &&
    (range.totalBytes === null || totalBytes === null || range.totalBytes === totalBytes);
  if (isTheRest) return body;
  body.destroy();
  throw new SourceChangedError('the service has another content than that whose beginning we have');
}
