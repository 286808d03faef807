import { describe, expect, it } from '@jest/globals';
import type { JudgeAnswer, Verdict } from '../../providers/ask-service.js';
import { judgeBox } from './judge-box.js';
import { judgeDrive } from './judge-drive.js';
import { judgeDropbox } from './judge-dropbox.js';

type Headers = Record<string, string>;

/** A verdict in a word or two, so that tables can be read. */
function wordsFor(verdict: Verdict): string {
  switch (verdict.meaning) {
    case 'token-refused':
      return 'token refused';
    case 'wait':
      return `${verdict.isLimit ? 'limit' : 'trouble'} ${verdict.waitMs ?? 'untold'}`;
    case 'failed':
      return verdict.error.code;
  }
}

const judged = (judge: JudgeAnswer, status: number, body: unknown, headers: Headers = {}): string =>
  wordsFor(judge({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }));

describe('an answer of Google Drive', () => {
  const reason = (word: string) => ({
    error: { code: 403, errors: [{ reason: word, message: 'secret.csv' }] },
  });
  it.each<[number, string, string, Headers?]>([
    [401, 'authError', 'token refused'],
    [403, 'userRateLimitExceeded', 'limit untold'],
    [403, 'rateLimitExceeded', 'limit 30000', { 'retry-after': '30' }],
    [403, 'sharingRateLimitExceeded', 'limit untold'],
    [429, 'rateLimitExceeded', 'limit untold'],
    [403, 'dailyLimitExceeded', 'source-rate-limited'],
    [403, 'downloadQuotaExceeded', 'source-rate-limited'],
    [403, 'domainPolicy', 'connection-forbidden-gdrive'],
    [403, 'insufficientPermissions', 'connection-forbidden-gdrive'],
    [403, 'accessNotConfigured', 'connection-not-configured'],
    [403, 'insufficientFilePermissions', 'item-forbidden'],
    [403, 'appNotAuthorizedToFile', 'item-forbidden'],
    [403, 'cannotDownloadFile', 'item-forbidden'],
    [403, 'cannotDownloadAbusiveFile', 'item-forbidden'],
    [403, 'fileNotDownloadable', 'item-not-downloadable'],
    [403, 'exportSizeLimitExceeded', 'item-not-downloadable'],
    [404, 'notFound', 'item-not-found'],
    [400, 'badRequest', 'source-http-error'],
    [503, 'backendError', 'trouble untold'],
    [500, 'internalError', 'trouble 2000', { 'retry-after': '2' }],
  ])('with %i %s means %s', (status, word, words, headers = {}) => {
    expect(judged(judgeDrive, status, reason(word), headers)).toBe(words);
  });

  it.each(['', '<html>', '[]', '{"error":"invalid"}', '{"error":{"errors":[]}}'])(
    'with the body %j is judged too',
    (body) => {
      expect(judged(judgeDrive, 403, body)).toBe('item-forbidden');
      expect(judged(judgeDrive, 502, body)).toBe('trouble untold');
    },
  );

  it('repeats nothing of its texts', () => {
    const verdict = judgeDrive({
      status: 403,
      headers: {},
      body: JSON.stringify(reason('cannotDownloadFile')),
    });
    expect(JSON.stringify(verdict)).not.toContain('secret');
    const odd = judgeDrive({ status: 403, headers: {}, body: JSON.stringify(reason('see secret.csv')) });
    expect(JSON.stringify(odd)).not.toContain('secret');
  });
});

describe('an answer of Dropbox', () => {
  const path = (tag: string) => ({ error: { '.tag': 'path', path: { '.tag': tag } } });
  it.each<[number, unknown, string, Headers?]>([
    [401, { error: { '.tag': 'expired_access_token' } }, 'token refused'],
    [401, { error: { '.tag': 'invalid_access_token' } }, 'token refused'],
    [401, { error: { '.tag': 'missing_scope', required_scope: 'x' } }, 'connection-forbidden-dropbox'],
    [403, { error: { '.tag': 'invalid_account_type' } }, 'connection-forbidden-dropbox'],
    [409, path('not_found'), 'item-not-found'],
    [409, path('malformed_path'), 'item-not-found'],
    [409, path('restricted_content'), 'item-forbidden'],
    [409, path('locked'), 'item-forbidden'],
    [409, path('not_file'), 'item-not-downloadable'],
    [409, { error: { '.tag': 'unsupported_file' } }, 'item-not-downloadable'],
    [409, path('a_tag_of_tomorrow'), 'source-http-error'],
    [400, 'Error in call to API function', 'source-http-error'],
    [429, 'too_many_requests', 'limit untold'],
    [429, { error: { reason: { '.tag': 'too_many_requests' }, retry_after: 300 } }, 'limit 300000'],
    [429, { error: { retry_after: 300 } }, 'limit 5000', { 'retry-after': '5' }],
    [503, '', 'trouble untold'],
  ])('with %i %j means %s', (status, body, words, headers = {}) => {
    expect(judged(judgeDropbox, status, body, headers)).toBe(words);
  });
});

describe('an answer of Box', () => {
  it.each<[number, string, string, Headers?]>([
    [401, '', 'token refused'],
    [404, 'not_found', 'item-not-found'],
    [404, 'trashed', 'item-trashed'],
    [405, 'method_not_allowed', 'item-not-found'],
    [403, 'access_denied_insufficient_permissions', 'item-forbidden'],
    [403, 'forbidden_by_policy', 'item-forbidden'],
    [403, 'insufficient_scope', 'connection-forbidden-box'],
    [400, 'terms_of_service_required', 'connection-forbidden-box'],
    [409, 'operation_blocked_temporary', 'trouble untold'],
    [429, 'rate_limit_exceeded', 'limit 7000', { 'retry-after': '7' }],
    [503, 'unavailable', 'trouble 9000', { 'retry-after': '9' }],
    [400, 'bad_request', 'source-http-error'],
  ])('with %i %s means %s', (status, code, words, headers = {}) => {
    const body = code === '' ? '' : { type: 'error', status, code, message: 'x' };
    expect(judged(judgeBox, status, body, headers)).toBe(words);
  });

  it('may ask to wait until a date', () => {
    const until = new Date(Date.now() + 20_000).toUTCString();
    const verdict = judgeBox({ status: 429, headers: { 'retry-after': until }, body: '' });
    const waitMs = verdict.meaning === 'wait' ? (verdict.waitMs ?? 0) : 0;
    expect(waitMs).toBeGreaterThan(15_000);
    expect(waitMs).toBeLessThanOrEqual(20_000);
  });
});
