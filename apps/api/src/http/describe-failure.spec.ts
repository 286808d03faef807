import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { describeFailure } from './describe-failure.js';

describe('a failure in the log', () => {
  it('is the error itself when no query failed', () => {
    const error = new TypeError('x is not a function');
    expect(describeFailure(error)).toEqual({ err: error });
  });

  it('of a query holds neither its statement, nor its parameters, nor its message', () => {
    const failed = Object.assign(new pg.DatabaseError('duplicate secret', 1, 'error'), {
      code: '23505',
      constraint: 'c',
      detail: 'secret',
    });
    const description = describeFailure(failed);
    expect(description).toMatchObject({ errorName: 'error', sqlState: '23505', constraint: 'c' });
    expect((description['stackFrames'] as string[]).length).toBeGreaterThan(0);
    expect(JSON.stringify(description)).not.toContain('secret');
  });
});
