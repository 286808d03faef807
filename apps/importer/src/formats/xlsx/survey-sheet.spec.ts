import { describe, expect, it } from '@jest/globals';
import { RowCells } from './row-cells.js';
import { type SheetTable, SheetSurvey } from './survey-sheet.js';

/** Rows by their numbers, a blank for no value. */
function survey(rows: Record<number, string[]>): SheetSurvey {
  const result = new SheetSurvey();
  const cells = new RowCells();
  for (const [number, values] of Object.entries(rows)) {
    cells.begin(Number(number));
    values.forEach((value, column) => {
      if (value !== '') cells.set(column, Buffer.from(value), 0, Buffer.byteLength(value), true);
    });
    if (cells.last !== -1) result.take(cells);
  }
  return result;
}

const row = ['1', 'x', '2.5'];
const names = ['id', 'name', 'price'];

describe('the table of a sheet', () => {
  it.each<[string, Record<number, string[]>, Partial<SheetTable>]>([
    [
      'has the first row as its header',
      { 1: names, 2: row },
      { headers: names, rowsBefore: 1, titleRows: [] },
    ],
    [
      'has a header of years',
      { 1: ['place', '2019', '2020'], 2: row },
      { headers: ['place', '2019', '2020'], rowsBefore: 1 },
    ],
    [
      'has no header where the first row has numbers',
      { 1: row, 2: row },
      { headers: [null, null, null], rowsBefore: 0 },
    ],
    [
      'has unnamed columns',
      { 1: ['id', '', 'price'], 2: row },
      { headers: ['id', null, 'price'], rowsBefore: 1 },
    ],
    ['has names without blanks around them', { 1: [' id ', 'b'], 2: ['1', '2'] }, { headers: ['id', 'b'] }],
    [
      'is as wide as its widest row',
      { 1: names, 2: [...row, '', 'y'] },
      { headers: [...names, null, null], lastColumn: 4 },
    ],
    [
      'begins where the first value is',
      { 3: ['', '', ...names], 4: ['', '', ...row] },
      { firstColumn: 2, lastColumn: 4, headers: names },
    ],
    [
      'has what is left of the header too',
      { 1: ['', 'id', 'name'], 2: ['note', '1', 'x'] },
      { firstColumn: 0, headers: [null, 'id', 'name'] },
    ],
    ['has one column', { 1: ['id'], 2: ['1'] }, { headers: ['id'], rowsBefore: 1, titleRows: [] }],
    [
      'has a title apart',
      { 1: ['Ports of 2019'], 3: ['id', 'name'], 4: ['1', 'x'] },
      { headers: ['id', 'name'], rowsBefore: 2, titleRows: [1] },
    ],
    [
      'has a title of two lines',
      { 1: ['Ports'], 2: ['', 'in 2019'], 3: names, 4: row },
      { headers: names, rowsBefore: 3, titleRows: [1, 2] },
    ],
    [
      'has no title where two names follow at once',
      { 1: ['Name'], 2: ['x', 'y'], 3: ['z', 'w'] },
      { headers: ['Name', null], rowsBefore: 1 },
    ],
    [
      'has no title where the row behind is shorter than the next',
      { 1: ['Name'], 3: names, 4: [...names, 'more'] },
      { headers: ['Name', null, null, null], rowsBefore: 1 },
    ],
    [
      'has no title where the row behind has numbers',
      { 1: ['Name'], 3: row, 4: row },
      { headers: ['Name', null, null], rowsBefore: 1 },
    ],
    [
      'has no title where nothing follows',
      { 1: ['Name'], 3: names },
      { headers: ['Name', null, null], rowsBefore: 1 },
    ],
    [
      'has no title that is a number',
      { 1: ['12'], 3: names, 4: row },
      { headers: [null, null, null], rowsBefore: 0 },
    ],
  ])('%s', (_what, rows, table) => {
    expect(survey(rows).findTable()).toMatchObject(table);
  });

  it.each<[string, Record<number, string[]>]>([
    ['nothing', {}],
    ['a header alone', { 1: names }],
  ])('is none where there is %s', (_what, rows) => {
    expect(survey(rows).findTable()).toBeNull();
  });

  it.each([
    ['A1:C9', true],
    ['$A$1:$C$9', true],
    ['A1:D9', false],
    ['A1:B9', false],
    ['B1:C9', false],
    ['A1:C2', false],
    ['A1', false],
    ['', false],
    [null, false],
  ])('is known at its beginning when the sheet says %s: %s', (dimension, isBounded) => {
    expect(survey({ 1: names, 2: row }).isBoundedBy(dimension)).toBe(isBounded);
  });

  it('is the same when rows come twice', () => {
    const twice = survey({ 1: names });
    const cells = new RowCells();
    for (let i = 0; i < 3; i++) {
      cells.begin(1);
      cells.set(0, Buffer.from('a'), 0, 1, true);
      twice.take(cells);
    }
    expect(twice.findTable()).toBeNull();
  });
});
