import { describe, expect, it } from '@jest/globals';
import { isHeader } from './detect-header.js';

describe('isHeader', () => {
  it.each<[string[], boolean]>([
    [['id', 'name'], true],
    [['id', ''], true],
    [['country', '2019', '2020'], true],
    [['country', '1800', '2200'], true],
    [['country', '1799'], false],
    [['country', '2201'], false],
    [['country', '2019.0'], false],
    [['1', 'alpha'], false],
    [['alpha', ' 12 '], false],
    [['alpha', '-3'], false],
    [['alpha', '1.5'], false],
    [['alpha', '1,5'], false],
    [['alpha', '007'], false],
    [['2abc', 'v1', '1st'], true],
    [['2020-01-01', 'alpha'], true],
  ])('tells whether %j are names: %j', (fields, expected) => {
    expect(isHeader(fields)).toBe(expected);
  });
});
