import { describe, expect, it } from '@jest/globals';
import { compareColumns } from './compare-columns.js';

describe('the difference between a table and a plan', () => {
  it('is what comes, what goes and what changes its type', () => {
    expect(
      compareColumns(
        [
          { name: 'name', type: 'text' },
          { name: 'opened', type: 'timestamp with time zone' },
          { name: 'depth', type: 'integer' },
          { name: 'owner', type: 'text' },
        ],
        [
          { name: 'name', type: 'text' },
          { name: 'opened', type: 'timestamp with time zone' },
          { name: 'depth', type: 'double precision' },
          { name: 'length', type: 'integer' },
        ],
      ),
    ).toEqual({
      added: [{ name: 'length', type: 'integer' }],
      removed: [{ name: 'owner', type: 'text' }],
      retyped: [{ name: 'depth', from: 'integer', to: 'double precision' }],
    });
  });
});
