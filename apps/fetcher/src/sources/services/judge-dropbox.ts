import { SyncError, type SyncErrorCode } from '@tidetable/contracts';
import { type JudgeAnswer, parseAnswer, toldWaitMs, type Verdict } from '../../providers/ask-service.js';

/** What an answer of Dropbox means, by its status and tags; summaries end in a number of dots that means nothing. */
export const judgeDropbox: JudgeAnswer = (answer) => {
  const { status } = answer;
  const error = parseAnswer(answer.body)['error'];
  const { tag, value } = tagged(error);
  if (status === 401) {
    return tag === 'missing_scope'
      ? failed('connection-forbidden-dropbox', tag)
      : { meaning: 'token-refused' };
  }
  if (status === 429) {
    return { meaning: 'wait', waitMs: toldWaitMs(answer) ?? retryAfterOf(error), isLimit: true };
  }
  if (status >= 500) return { meaning: 'wait', waitMs: toldWaitMs(answer), isLimit: false };
  if (status === 403) return failed('connection-forbidden-dropbox', tag);
  if (status === 409) return judgeEndpointError(tag, tagged(value).tag);
  return failed('source-http-error', `Dropbox answered with status ${status}`);
};

function judgeEndpointError(tag: string, inner: string): Verdict {
  if (/^(not_found|malformed_path)$/.test(inner)) return failed('item-not-found');
  if (/^(restricted_content|locked)$/.test(inner)) return failed('item-forbidden', inner);
  if (/^(not_file|unsupported_content_type)$/.test(inner)) return failed('item-not-downloadable', inner);
  if (tag === 'unsupported_file') return failed('item-not-downloadable', tag);
  return failed('source-http-error', `Dropbox: ${inner || tag || 'status 409'}`);
}

function failed(code: SyncErrorCode, detail?: string): Verdict {
  return { meaning: 'failed', error: new SyncError(code, detail === '' ? undefined : detail) };
}

/** How long Dropbox asks to wait in the body of its answer, in milliseconds. */
function retryAfterOf(error: unknown): number | null {
  const seconds =
    typeof error === 'object' && error !== null && 'retry_after' in error ? error.retry_after : null;
  return typeof seconds === 'number' && seconds >= 0 ? Math.min(seconds, 3_600) * 1_000 : null;
}

/** A value of one of Dropbox's unions: its tag, and what the tag is about. */
function tagged(value: unknown): { tag: string; value: unknown } {
  if (typeof value !== 'object' || value === null) return { tag: '', value: undefined };
  const tag: unknown = (value as Record<string, unknown>)['.tag'];
  const isWord = typeof tag === 'string' && /^[a-z_]{1,60}$/.test(tag);
  return isWord ? { tag, value: (value as Record<string, unknown>)[tag] } : { tag: '', value: undefined };
}
