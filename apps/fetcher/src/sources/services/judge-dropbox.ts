import { SyncError } from '@tidetable/contracts';
import { type JudgeAnswer, parseAnswer, retryAfterSeconds } from '../../providers/ask-service.js';

/** What an answer of Dropbox means, by its status and tags; summaries end in a number of dots that means nothing. */
export const judgeDropbox: JudgeAnswer = ({ status, headers, body }) => {
  const error = tagged(parseAnswer(body)['error']);
  if (status === 401) {
    if (error.tag === 'missing_scope') return failed('connection-forbidden-dropbox', 'missing_scope');
    return { meaning: 'token-refused' };
  }
  if (status === 429) return { meaning: 'wait', seconds: retryAfterSeconds(headers), isLimit: true };
  if (status >= 500) return { meaning: 'wait', seconds: retryAfterSeconds(headers), isLimit: false };
  if (status === 403) return failed('connection-forbidden-dropbox', error.tag);
  if (status === 409) {
    const inner = tagged(error.value).tag;
    if (/^(not_found|malformed_path)$/.test(inner)) return failed('item-not-found');
    if (/^(restricted_content|locked)$/.test(inner)) return failed('item-forbidden', inner);
    return failed('item-not-downloadable', inner || error.tag);
  }
  return failed('source-http-error', `Dropbox answered with status ${status}`);
};

function failed(code: SyncError['code'], detail?: string): ReturnType<JudgeAnswer> {
  return { meaning: 'failed', error: new SyncError(code, detail === '' ? undefined : detail) };
}

/** A value of one of Dropbox's unions: its tag, and what the tag is about. */
function tagged(value: unknown): { tag: string; value: unknown } {
  if (typeof value !== 'object' || value === null) return { tag: '', value: undefined };
  const tag: unknown = (value as Record<string, unknown>)['.tag'];
  const isWord = typeof tag === 'string' && /^[a-z_]{1,60}$/.test(tag);
  return isWord ? { tag, value: (value as Record<string, unknown>)[tag] } : { tag: '', value: undefined };
}
