import { SyncError } from '@tidetable/contracts';
import { type JudgeAnswer, parseAnswer, retryAfterSeconds } from '../../providers/ask-service.js';

const limits = /^(userRateLimitExceeded|rateLimitExceeded|sharingRateLimitExceeded)$/;
const quotas = /^(dailyLimitExceeded|downloadQuotaExceeded|quotaExceeded)$/;
const notDownloadable = /^(fileNotDownloadable|fileNotExportable|exportSizeLimitExceeded|cannotExportFile)$/;

/** What an answer of Drive means, by its status and the first `reason`; texts are for people and change. */
export const judgeDrive: JudgeAnswer = ({ status, headers, body }) => {
  const reason = reasonOf(body);
  if (status === 401) return { meaning: 'token-refused' };
  if (status === 429 || limits.test(reason)) {
    return { meaning: 'wait', seconds: retryAfterSeconds(headers), isLimit: true };
  }
  if (quotas.test(reason)) {
    return failed(
      new SyncError('source-rate-limited', 'Google Drive limits how often this file may be downloaded'),
    );
  }
  if (status >= 500) return { meaning: 'wait', seconds: retryAfterSeconds(headers), isLimit: false };
  // A file that the account may not see is answered like one that is not there.
  if (status === 404) return failed(new SyncError('item-not-found'));
  if (notDownloadable.test(reason)) return failed(new SyncError('item-not-downloadable', reason));
  if (reason === 'domainPolicy' || reason === 'accessNotConfigured') {
    return failed(new SyncError('connection-forbidden-gdrive', reason));
  }
  if (status === 403) return failed(new SyncError('item-forbidden', reason === '' ? undefined : reason));
  return failed(new SyncError('source-http-error', `Google Drive answered with status ${status}`));
};

function failed(error: SyncError): ReturnType<JudgeAnswer> {
  return { meaning: 'failed', error };
}

/** Words of Drive's own vocabulary only: whatever else stands there is not repeated. */
function reasonOf(body: string): string {
  const { error } = parseAnswer(body) as { error?: { errors?: { reason?: unknown }[] } };
  const reason = error?.errors?.[0]?.reason;
  return typeof reason === 'string' && /^[A-Za-z]{1,60}$/.test(reason) ? reason : '';
}
