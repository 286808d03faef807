import type { SyncErrorCode } from '@tidetable/contracts';

/** The statuses whose body is the file: OK, and OK through a transforming proxy. */
const fileStatuses: readonly number[] = [200, 203];

/**
 * What an answer without a file means, by its status; `null` when the answer carries the file.
 * With `hadCredentials` the customer gave some for this server, so that denying access is about those.
 * Redirects that are followed, and 304 to a conditional request, are dealt with before.
 */
export function classifyHttpFailure(status: number, hadCredentials = false): SyncErrorCode | null {
  if (fileStatuses.includes(status)) return null;
  if (status === 401 || status === 403)
    return hadCredentials ? 'source-credentials-refused' : 'source-forbidden';
  if (status === 404 || status === 410) return 'source-not-found';
  if (status === 429) return 'source-rate-limited';
  return status >= 500 && status <= 599 ? 'source-server-error' : 'source-http-error';
}
