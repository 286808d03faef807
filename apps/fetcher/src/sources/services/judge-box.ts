import { SyncError } from '@tidetable/contracts';
import { type JudgeAnswer, parseAnswer, retryAfterSeconds } from '../../providers/ask-service.js';

/** What an answer of Box means, by its status and `code`. */
export const judgeBox: JudgeAnswer = ({ status, headers, body }) => {
  const code = codeOf(body);
  if (status === 401) return { meaning: 'token-refused' };
  if (status === 429) return { meaning: 'wait', seconds: retryAfterSeconds(headers), isLimit: true };
  if (status >= 500 || code === 'operation_blocked_temporary' || code === 'name_temporarily_reserved') {
    return { meaning: 'wait', seconds: retryAfterSeconds(headers), isLimit: false };
  }
  if (code === 'trashed') return failed('item-trashed');
  // A malformed id is "method not allowed" to Box.
  if (status === 404 || status === 405) return failed('item-not-found');
  if (code === 'terms_of_service_required' || code === 'insufficient_scope')
    return failed('connection-forbidden-box', code);
  if (status === 403) return failed('item-forbidden', code);
  return failed('source-http-error', `Box answered with status ${status}`);
};

function failed(error: SyncError['code'], detail?: string): ReturnType<JudgeAnswer> {
  return { meaning: 'failed', error: new SyncError(error, detail === '' ? undefined : detail) };
}

function codeOf(body: string): string {
  const { code } = parseAnswer(body);
  return typeof code === 'string' && /^[a-z_]{1,60}$/.test(code) ? code : '';
}
