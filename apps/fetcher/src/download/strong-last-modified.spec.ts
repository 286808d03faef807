import { describe, expect, it } from '@jest/globals';
import { strongLastModified } from './strong-last-modified.js';

const at = (second: number): string => `Tue, 24 Nov 2026 07:00:${String(second).padStart(2, '0')} GMT`;
const nowMs = Date.parse(at(30));

describe('a date of last modification', () => {
  it.each([
    ['long before the answer', at(0), at(30), at(0)],
    ['two seconds before the answer', at(28), at(30), at(28)],
    ['a second before the answer', at(29), at(30), null],
    ['in the second of the answer', at(30), at(30), null],
    ['after the answer', at(31), at(30), null],
    ['long before now, the answer being undated', at(0), undefined, at(0)],
    ['now, the answer being undated', at(30), undefined, null],
    ['long before now, the answer being dated unreadably', at(0), 'yesterday', at(0)],
    ['that is no date', 'yesterday', at(30), null],
    ['that is missing', undefined, at(30), null],
  ])('%s is kept or not: %s, %s → %s', (_when, lastModified, date, kept) => {
    expect(strongLastModified(lastModified, date, nowMs)).toBe(kept);
  });
});
