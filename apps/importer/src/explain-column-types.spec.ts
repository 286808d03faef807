import { describe, expect, it } from '@jest/globals';
import { explainColumnTypes } from './explain-column-types.js';

describe('the type of a column', () => {
  it('is explained where the file made it another one than expected', () => {
    const why = explainColumnTypes({
      retyped: [{ name: 'a', type: 'text', line: 17 }],
      widened: [
        { name: 'b', from: 'integer', to: 'bigint', line: 3 },
        { name: 'c', from: 'date', to: 'text', line: null },
      ],
      doubted: [{ name: 'd', doubt: 'date-order' }],
    });
    expect([...why]).toEqual([
      ['d', 'It stays text: no value tells whether its dates begin with the day or the month.'],
      ['a', 'What the beginning of the file suggested does not fit the value on line 17.'],
      ['b', 'It was integer before; the value on line 3 did not fit.'],
      ['c', 'It was date before.'],
    ]);
  });
});
