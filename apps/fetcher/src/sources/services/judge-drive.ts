import { SyncError, type SyncErrorCode } from '@tidetable/contracts';
import { type JudgeAnswer, parseAnswer, toldWaitMs, type Verdict } from '../../providers/ask-service.js';

const limits = /^(userRateLimitExceeded|rateLimitExceeded|sharingRateLimitExceeded)$/;
/** They last for hours. */
const quotas = /^(dailyLimitExceeded|downloadQuotaExceeded|quotaExceeded)$/;

const failures: Readonly<Record<string, SyncErrorCode>> = {
  fileNotDownloadable: 'item-not-downloadable',
  fileNotExportable: 'item-not-downloadable',
  exportSizeLimitExceeded: 'item-not-downloadable',
  cannotExportFile: 'item-not-downloadable',
  // The administrator of the customer's domain, or the customer, has not allowed us in.
  domainPolicy: 'connection-forbidden-gdrive',
  insufficientPermissions: 'connection-forbidden-gdrive',
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: 'connection-forbidden-gdrive',
  // The operator has not switched the API on for the client.
  accessNotConfigured: 'connection-not-configured',
};

/** What an answer of Drive means, by its status and the first `reason`; texts are for people and change. */
export const judgeDrive: JudgeAnswer = (answer) => {
  const { status } = answer;
  const reason = reasonOf(answer.body);
  if (status === 401) return { meaning: 'token-refused' };
  if (status === 429 || limits.test(reason)) {
    return { meaning: 'wait', waitMs: toldWaitMs(answer), isLimit: true };
  }
  if (quotas.test(reason)) return failed('source-rate-limited', `Google Drive: ${reason}`);
  if (status >= 500) return { meaning: 'wait', waitMs: toldWaitMs(answer), isLimit: false };
  // A file that the account may not see is answered like one that is not there.
  if (status === 404) return failed('item-not-found');
  const failure = Object.hasOwn(failures, reason) ? failures[reason] : undefined;
  if (failure !== undefined) return failed(failure, reason);
  if (status === 403) return failed('item-forbidden', reason);
  return failed('source-http-error', `Google Drive answered with status ${status}`);
};

function failed(code: SyncErrorCode, detail?: string): Verdict {
  return { meaning: 'failed', error: new SyncError(code, detail === '' ? undefined : detail) };
}

/** Words of Drive's own vocabulary only: whatever else stands there is not repeated. */
function reasonOf(body: string): string {
  const { error } = parseAnswer(body) as { error?: { errors?: { reason?: unknown }[] } };
  const reason = error?.errors?.[0]?.reason;
  return typeof reason === 'string' && /^[A-Za-z_]{1,60}$/.test(reason) ? reason : '';
}
