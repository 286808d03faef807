import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import { DatabaseError } from 'pg';
import { blameWidening } from './blame-widening.js';

const widened = { name: 'n', from: 'integer', to: 'text', line: 7 } as const;

function failure(detail: string | undefined, sqlState: string): SyncError {
  const cause = new DatabaseError('', 0, 'error');
  cause.code = sqlState;
  return new SyncError('table-has-dependents', detail, { cause });
}

describe('blameWidening', () => {
  it('adds to what cannot be carried over the columns that became wider', () => {
    const error = failure('view demo.v', '42P16');
    expect(blameWidening(error, [widened, { ...widened, name: 'm', line: null }])).toEqual(
      new SyncError(
        'table-has-dependents',
        'view demo.v; n had to go from integer to text by line 7; m had to go from integer to text',
      ),
    );
  });

  it('names five at most', () => {
    const error = failure(undefined, '42883');
    const blamed = blameWidening(
      error,
      Array.from({ length: 9 }, () => widened),
    ) as SyncError;
    expect(blamed.detail?.split('; ')).toHaveLength(5);
  });

  it.each([
    failure('view demo.v', '42703'),
    new SyncError('table-has-dependents'),
    new SyncError('table-busy'),
    'x',
  ])('leaves %s alone', (error) => {
    expect(blameWidening(error, [widened])).toBe(error);
  });

  it('leaves a failure alone where no column became wider', () => {
    const error = failure('view demo.v', '42P16');
    expect(blameWidening(error, [])).toBe(error);
  });
});
