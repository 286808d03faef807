import { describe, expect, it } from '@jest/globals';
import { planFaults } from './plan-faults.js';

const tenMinutesMs = 600_000;

describe('the plan of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planFaults(7, tenMinutesMs)).toEqual(planFaults(7, tenMinutesMs));
    expect(planFaults(7, tenMinutesMs)).not.toEqual(planFaults(8, tenMinutesMs));
  });

  it('begins a longer run as it begins a shorter one', () => {
    const short = planFaults(7, 60_000);
    expect(planFaults(7, tenMinutesMs).slice(0, short.length)).toEqual(short);
  });

  it.each([0, 1, 7, 42, 2 ** 31])(
    'of seed %i has every kind of fault in ten minutes, none of which outlasts them',
    (seed) => {
      const faults = planFaults(seed, tenMinutesMs);
      expect(new Set(faults.map(({ kind }) => kind)).size).toBe(7);
      expect(faults.length).toBeGreaterThan(100);
      expect(faults.filter(({ atMs, durationMs }) => atMs + durationMs > tenMinutesMs)).toEqual([]);
      expect(faults.map(({ atMs }) => atMs)).toEqual(
        faults.map(({ atMs }) => atMs).toSorted((a, b) => a - b),
      );
    },
  );

  it('is empty when there is no time', () => {
    expect(planFaults(7, 20_000)).toEqual([]);
  });
});
