import { describe, expect, it } from '@jest/globals';
import { plain, progressBar, table, when } from './render.js';

describe('rendering', () => {
  it('aligns columns', () => expect(table(['A', 'B'], [['long', 'x']])).toBe('A     B\nlong  x\n'));
  it('lets no text control the terminal', () => expect(plain('a\u001b[2Jb')).toBe('a?[2Jb'));
  it.each([
    ['2026-01-01T00:00:30.000Z', '2026-01-01 00:00Z (in 30 s)'],
    ['2025-12-31T22:00:00.000Z', '2025-12-31 22:00Z (2 h ago)'],
    [null, '-'],
  ])('shows %s as %s', (time, shown) => expect(when(time, Date.parse('2026-01-01'))).toBe(shown));
  it('keeps the bar on one line', () => expect(progressBar(null, 'x'.repeat(200), 40)).toHaveLength(39));
});
