import { describe, expect, it } from '@jest/globals';
import { parseTimestamp } from './parse-timestamp.js';

describe('a time as PostgreSQL spells it', () => {
  it.each([
    ['2026-11-24 15:08:16.123456+00', '2026-11-24T15:08:16.123Z'],
    ['2026-11-24 15:08:16.5+00', '2026-11-24T15:08:16.500Z'],
    ['2026-11-24 15:08:16+00', '2026-11-24T15:08:16.000Z'],
    ['2026-11-24 15:08:16.999999+00', '2026-11-24T15:08:16.999Z'],
    ['2026-11-24 17:08:16+02', '2026-11-24T15:08:16.000Z'],
    ['2026-11-24 20:38:16.25+05:30', '2026-11-24T15:08:16.250Z'],
  ])('is read: %s', (text, expected) => {
    expect(parseTimestamp(text).toISOString()).toBe(expected);
  });
});
