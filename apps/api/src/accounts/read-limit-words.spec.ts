import { describe, expect, it } from '@jest/globals';
import { readLimitWords } from './read-limit-words.js';

describe('the words that set a limit', () => {
  it.each([
    ['demo file-bytes 157286400', ['demo', 'fileBytes', 157_286_400]],
    ['demo rows 9007199254740991', ['demo', 'rows', 9_007_199_254_740_991]],
    ['demo columns 250', ['demo', 'columns', 250]],
    ['demo vertices default', ['demo', 'vertices', null]],
    ['demo layers 1', ['demo', 'layers', 1]],
    ['demo runs 7', ['demo', 'runs', 7]],
    ['demo tables 5', ['demo', 'tables', 5]],
    ['demo total-rows 9007199254740991', ['demo', 'totalRows', 9_007_199_254_740_991]],
    ['demo total-bytes 5', ['demo', 'totalBytes', 5]],
    ['demo requests 60', ['demo', 'requests', 60]],
  ])('%s are understood', (words, expected) => {
    expect(readLimitWords(words.split(' '))).toEqual(expected);
  });

  it.each([
    'demo',
    'demo rows',
    'demo rows 0',
    'demo rows -1',
    'demo rows 1e3',
    'demo rows 1 2',
    'demo table 5',
    'demo fileBytes 5',
    'demo rows 9007199254740992',
    'demo columns 2147483648',
  ])('%s are not', (words) => {
    expect(readLimitWords(words.split(' '))).toBeNull();
  });
});
