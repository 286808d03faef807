import { describe, expect, it } from '@jest/globals';
import {
  nextSynchronizationState,
  type SynchronizationEvent,
  synchronizationEvents,
  type SynchronizationState,
  synchronizationStates,
} from './synchronization-state.js';

/** A small generator with a seed (mulberry32), so that a sequence that fails can be tried again. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Step {
  event: SynchronizationEvent;
  before: SynchronizationState;
  after: SynchronizationState;
  applied: boolean;
}

function play(seed: number, length: number): Step[] {
  const random = randomNumbers(seed);
  const steps: Step[] = [];
  let state: SynchronizationState = 'created';
  for (let at = 0; at < length; at += 1) {
    const event = synchronizationEvents[Math.floor(random() * synchronizationEvents.length)]!;
    const next = nextSynchronizationState(state, event);
    steps.push({ event, before: state, after: next ?? state, applied: next !== null });
    state = next ?? state;
  }
  return steps;
}

const sequences = Array.from({ length: 10 }, (_, seed) => ({ seed, steps: play(seed, 1_000) }));

describe('the states of a synchronization', () => {
  it.each(sequences)('never return to created (sequence $seed)', ({ steps }) => {
    expect(steps.filter(({ after, applied }) => applied && after === 'created')).toEqual([]);
  });

  it.each(sequences)(
    'give each claim exactly one end before the next claim (sequence $seed)',
    ({ steps }) => {
      let open = 0;
      for (const { event, applied } of steps) {
        if (applied && event === 'claimed') open += 1;
        if (applied && ['succeeded', 'failed', 'cancelled'].includes(event)) open -= 1;
        expect([0, 1]).toContain(open);
      }
    },
  );

  it.each(sequences)('are queued or syncing exactly while a claim is open (sequence $seed)', ({ steps }) => {
    let open = false;
    for (const { event, after, applied } of steps) {
      if (applied) open = event === 'claimed' || (open && event === 'started');
      expect(after === 'queued' || after === 'syncing').toBe(open);
    }
  });

  it.each(sequences)('change nothing when an event arrives a second time (sequence $seed)', ({ steps }) => {
    for (const { event, after, applied } of steps) {
      if (applied) expect(nextSynchronizationState(after, event)).toBeNull();
    }
  });

  it('can all be reached, and be left again', () => {
    const reached = new Set(
      sequences.flatMap(({ steps }) => steps.map(({ after }) => after)).concat('created'),
    );
    expect([...reached].sort()).toEqual([...synchronizationStates].sort());
    for (const state of synchronizationStates) {
      expect(synchronizationEvents.some((event) => nextSynchronizationState(state, event) !== null)).toBe(
        true,
      );
    }
  });

  it('end every open run in every way, also when its start was never heard of', () => {
    for (const state of ['queued', 'syncing'] as const) {
      expect(nextSynchronizationState(state, 'succeeded')).toBe('success');
      expect(nextSynchronizationState(state, 'failed')).toBe('failure');
      expect(nextSynchronizationState(state, 'cancelled')).toBe('failure');
    }
  });
});
