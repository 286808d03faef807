import { describe, expect, it } from '@jest/globals';
import { compareColumns } from './compare-columns.js';

const id = { name: 'id', type: 'integer' };
const name = { name: 'name', type: 'text' };

describe('the columns of two versions of a table', () => {
  it.each([
    ['the same', [id, name], [id, name]],
    ['the same in another order', [id, name], [name, id]],
    ['none', [], []],
  ])('are %s', (_what, before, after) => {
    expect(compareColumns(before, after)).toBeNull();
  });

  it.each([
    ['one more', [id], [id, name], { added: [name], removed: [], retyped: [] }],
    ['one less', [id, name], [id], { added: [], removed: [name], retyped: [] }],
    ['one under another name', [id], [name], { added: [name], removed: [id], retyped: [] }],
    [
      'one of another type',
      [id, name],
      [{ ...id, type: 'bigint' }, name],
      { added: [], removed: [], retyped: [{ name: 'id', type: 'bigint', before: 'integer' }] },
    ],
  ])('are %s', (_what, before, after, change) => {
    expect(compareColumns(before, after)).toEqual(change);
  });
});
