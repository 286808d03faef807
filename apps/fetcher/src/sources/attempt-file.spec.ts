import { describe, expect, it } from '@jest/globals';
import { attemptKey, runIdOfKey } from './attempt-file.js';

const runId = '0b0f5c9e-6c52-4a5e-9d7b-5f0f3a3f2f10';

describe('the key of a staged file', () => {
  it('names the run and the attempt', () => {
    expect(attemptKey({ runId, number: 12 })).toBe(`${runId}-12`);
  });

  it('leads back to the run', () => {
    expect(runIdOfKey(attemptKey({ runId, number: 3 }))).toBe(runId);
  });

  it.each(['', 'ports-1', runId, `${runId}-`, `${runId}-x`, `x${runId}-1`])(
    'is none of ours when it is %p',
    (key) => {
      expect(runIdOfKey(key)).toBeNull();
    },
  );
});
