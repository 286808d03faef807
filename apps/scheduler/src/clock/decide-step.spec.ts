import { describe, expect, it } from '@jest/globals';
import { isStep, stepBetween, stepWhileAway } from './decide-step.js';

const second = 1_000;
const hour = 3_600 * second;
const day = 24 * hour;
const nowMs = Date.parse('2026-01-01T00:00:00Z');

describe('a step of the clock', () => {
  it.each([
    ['nothing but time has passed', 10 * second, 10 * second, 0],
    ['an answer took long', 12 * second, 10 * second, 0],
    ['clocks drift apart', 86_404 * second, 86_400 * second, 0],
    ['it is off by what may be', 40 * second, 10 * second, 0],
    ['it is off by more', 41 * second, 10 * second, 31 * second],
    ['it jumps an hour ahead', hour + 10 * second, 10 * second, hour],
    ['it jumps an hour back', -hour + 10 * second, 10 * second, -hour],
    ['it is mended by years', 10_000 * day, second, 10_000 * day - second],
    ['the machine slept, which both clocks know', 8 * hour, 8 * hour, 0],
    ['the machine started anew with the same clock', 0, 0, 0],
  ])('when %s', (_what, databaseMs, elapsedMs, stepMs) => {
    const earlier = { databaseMs: nowMs, elapsedMs: 5 };
    const later = { databaseMs: nowMs + databaseMs, elapsedMs: 5 + elapsedMs };
    expect(stepBetween(earlier, later)).toBe(stepMs);
  });

  it.each([
    ['the clock went on', -day, 0],
    ['it was seen a moment ago', 0, 0],
    ['it shows a little less', 30 * second, 0],
    ['it shows an hour less', hour, -hour],
  ])('that nobody saw is told when %s', (_what, aheadMs, stepMs) => {
    expect(stepWhileAway(nowMs + aheadMs, nowMs)).toBe(stepMs);
  });

  it.each([
    ['there is none', 0, -hour, false],
    ['an hour ahead', hour, -hour, true],
    ['an hour back', -hour, hour, true],
    ['another saw the clock go on evenly: this one stood still', hour, -5 * second, false],
  ])('is one or not: %s', (_what, stepMs, seenMs, expected) => {
    expect(isStep(stepMs, nowMs + seenMs, nowMs)).toBe(expected);
  });
});
