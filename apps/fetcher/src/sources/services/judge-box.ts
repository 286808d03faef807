import { SyncError, type SyncErrorCode } from '@tidetable/contracts';
import { type JudgeAnswer, parseAnswer, toldWaitMs, type Verdict } from '../../providers/ask-service.js';

/** A moment later the same request may be answered. */
const momentary = /^(operation_blocked_temporary|name_temporarily_reserved)$/;
/** An administrator, or the customer, has not let us in. */
const notLetIn = /^(terms_of_service_required|insufficient_scope|access_from_location_blocked)$/;

/** What an answer of Box means, by its status and `code`. */
export const judgeBox: JudgeAnswer = (answer) => {
  const { status } = answer;
  const code = codeOf(answer.body);
  if (status === 401) return { meaning: 'token-refused' };
  if (status === 429) return { meaning: 'wait', waitMs: toldWaitMs(answer), isLimit: true };
  if (status >= 500 || momentary.test(code)) {
    return { meaning: 'wait', waitMs: toldWaitMs(answer), isLimit: false };
  }
  if (code === 'trashed') return failed('item-trashed');
  // A malformed id is "method not allowed" to Box.
  if (status === 404 || status === 405) return failed('item-not-found');
  if (notLetIn.test(code)) return failed('connection-forbidden-box', code);
  if (status === 403) return failed('item-forbidden', code);
  return failed('source-http-error', `Box answered with status ${status}`);
};

function failed(code: SyncErrorCode, detail?: string): Verdict {
  return { meaning: 'failed', error: new SyncError(code, detail === '' ? undefined : detail) };
}

/** Words of Box's own vocabulary only: whatever else stands there is not repeated. */
function codeOf(body: string): string {
  const { code } = parseAnswer(body);
  return typeof code === 'string' && /^[a-z_]{1,60}$/.test(code) ? code : '';
}
