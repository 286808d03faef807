import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import { refuseRejected } from './refuse-rejected.js';
import { RejectedRows } from './rejected-rows.js';

const limits = { rowsAllowed: 10, ratioMax: 0.01 };

function rejectedRows(count: number): RejectedRows {
  const rejected = new RejectedRows();
  for (let n = 0; n < count; n++) rejected.take(2 + n, 'fields-too-many', Buffer.from('x'), 0, 1);
  return rejected;
}

describe('refuseRejected', () => {
  it.each([
    [0, 0],
    [1_000, 0],
    [2, 1],
    [11, 10],
    [989, 9],
    [1_089, 11],
    [99_000, 1_000],
  ])('lets a table have %i rows of a file without %i others', (rows, count) => {
    expect(() => refuseRejected(rows, rejectedRows(count), limits)).not.toThrow();
  });

  it.each([
    [0, 1],
    [1, 1],
    [10, 10],
    [1_088, 11],
    [98_999, 1_000],
  ])('refuses a table of %i rows when %i were rejected', (rows, count) => {
    expect(() => refuseRejected(rows, rejectedRows(count), limits)).toThrow(SyncError);
  });

  it('refuses any rejected row where none is allowed', () => {
    const none = { rowsAllowed: 0, ratioMax: 0 };
    expect(() => refuseRejected(1_000_000, rejectedRows(1), none)).toThrow(SyncError);
    expect(() => refuseRejected(1, rejectedRows(0), none)).not.toThrow();
  });

  it('tells how many there were and names the first', () => {
    expect(() => refuseRejected(3, rejectedRows(4), limits)).toThrow(
      new SyncError(
        'rows-rejected',
        '4 of 7 rows; line 2: the row has more fields than the header; ' +
          'line 3: the row has more fields than the header; line 4: the row has more fields than the header',
      ),
    );
  });
});
