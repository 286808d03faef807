import { describe, expect, it } from '@jest/globals';
import { textTable } from './text-table.js';

describe('textTable', () => {
  it('aligns columns, numbers to the right', () => {
    const rows = [
      [1, 'Rotterdam', true],
      [10, 'Oslo', null],
    ];
    expect(textTable(['id', 'name', 'active'], rows)).toBe(
      [
        'id | name      | active',
        '---+-----------+-------',
        ' 1 | Rotterdam | true',
        '10 | Oslo      |',
      ].join('\n'),
    );
  });

  it('shows a day without its midnight', () => {
    expect(textTable(['opened'], [[new Date('1872-03-09T00:00:00Z')]])).toContain('1872-03-09\n'.trim());
    expect(textTable(['opened'], [[new Date('1872-03-09T00:00:00Z')]])).not.toContain('T00');
  });

  it('has a heading even without rows', () => {
    expect(textTable(['id'], [])).toBe('id\n--');
  });
});
