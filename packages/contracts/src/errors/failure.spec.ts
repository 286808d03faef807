import { describe, expect, it } from '@jest/globals';
import { failureDetailCharactersMax, failureMessage, failureOf, failureSchema } from './failure.js';
import { syncErrorCodes } from './sync-error-code.js';
import { SyncError } from './sync-error.js';

describe('a failure', () => {
  it('is told as what happened, where, and what to do', () => {
    expect(failureMessage({ code: 'csv-malformed', detail: 'line 17: a quote is never closed' })).toBe(
      'The file is not well-formed CSV. (line 17: a quote is never closed) Correct the line and check that values ' +
        'which contain the delimiter or quotes are quoted.',
    );
    expect(failureMessage({ code: 'source-not-found', detail: null })).toBe(
      'There is no file at this URL. Put the file back, or create a synchronization with its new URL.',
    );
  });

  it.each(syncErrorCodes)('of code %s has a message', (code) => {
    expect(failureMessage({ code, detail: null })).toMatch(/^[A-Z].+\. .+\.$/);
  });

  it('crosses services without the cause, which only engineers may read', () => {
    const error = new SyncError('source-timeout', 'after 60 s', { cause: new Error('hunter2') });
    expect(failureOf(error)).toEqual({ code: 'source-timeout', detail: 'after 60 s' });
    expect(failureOf(new SyncError('file-empty'))).toEqual({ code: 'file-empty', detail: null });
    expect(failureOf(new SyncError('source-rate-limited', undefined, { retryAfterSeconds: 30 }))).toEqual({
      code: 'source-rate-limited',
      detail: null,
      retryAfterSeconds: 30,
    });
    expect(error.message).toBe('source-timeout: after 60 s');
    expect(new SyncError('file-empty').message).toBe('file-empty');
  });

  it('has a detail of bounded length, never cut within a character', () => {
    const long = failureOf(
      new SyncError('csv-malformed', `${'x'.repeat(failureDetailCharactersMax - 1)}🌊🌊`),
    );
    expect(long.detail).toBe('x'.repeat(failureDetailCharactersMax - 1));
    expect(failureSchema.safeParse(long).success).toBe(true);
  });
});
