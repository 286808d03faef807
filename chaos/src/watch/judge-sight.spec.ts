import { describe, expect, it } from '@jest/globals';
import { rowCountOf, shapeOf } from '../sources/version.js';
import { judgeSight } from './judge-sight.js';

const shape = shapeOf(11);
const rows = rowCountOf(shape, 4);
const whole = { rows, keys: rows, versionMin: 4, versionMax: 4, sourceMin: 11, sourceMax: 11 };

describe('a sight of a table', () => {
  it.each([3, 4])('is as promised when all of one version is there, after version %i', (seen) => {
    expect(judgeSight(whole, shape, seen)).toBeNull();
  });

  it.each([
    ['a table that is missing', null, 'the table is missing'],
    ['a table without rows', { ...whole, rows: 0 }, 'the table is empty'],
    ['rows of two versions', { ...whole, versionMin: 3 }, 'versions 3 and 4 are mixed'],
    ['a part of the rows', { ...whole, rows: rows - 1 }, `version 4 has ${rows - 1} rows of ${rows}`],
    ['rows of another source', { ...whole, sourceMax: 12 }, 'the table holds another source'],
    ['a key that is there twice', { ...whole, keys: rows - 1 }, `${rows} rows have ${rows - 1} keys`],
  ])('breaks a promise with %s', (_what, sight, sentence) => {
    expect(judgeSight(sight, shape, 0)).toBe(sentence);
  });

  it('breaks a promise when an older version comes back', () => {
    expect(judgeSight(whole, shape, 5)).toBe('version 4 came after version 5');
  });
});
