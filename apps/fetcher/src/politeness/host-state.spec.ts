import { describe, expect, it } from '@jest/globals';
import { endTurn, type HostState, idleHost, pauseHost, renewTurn, takeTurn, turnMs } from './host-state.js';

const limits = { inFlightMax: 2, perMinuteMax: 5 };
const start = 60_000 * 1_000;

function taken(state: HostState, id: string, nowMs: number, of = limits): HostState {
  const result = takeTurn(state, id, of, nowMs);
  if (!('state' in result)) throw new Error(`refused: ${result.reason}`);
  return result.state;
}

/** How many turns are given when somebody asks every second and ends each at once. */
function given(seconds: number, of = limits): number[] {
  let state = idleHost;
  const times: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    const nowMs = start + second * 1_000;
    const result = takeTurn(state, 'a', of, nowMs);
    if (!('state' in result)) continue;
    state = endTurn(result.state, 'a', nowMs);
    times.push(second);
  }
  return times;
}

describe('a turn at a host', () => {
  it('is given to as many at once as are allowed, and to the next when one has ended', () => {
    const two = taken(taken(idleHost, 'a', start), 'b', start);
    expect(takeTurn(two, 'c', limits, start)).toEqual({ reason: 'busy', waitMs: 0 });
    expect(Object.keys(taken(endTurn(two, 'a', start), 'c', start).turns)).toEqual(['b', 'c']);
  });

  it('of somebody who died counts for a quarter of a minute, and of somebody who lives as long as it takes', () => {
    const two = taken(taken(idleHost, 'a', start), 'b', start);
    const renewed = renewTurn(two, 'a', start + turnMs - 1);
    expect(Object.keys(taken(renewed, 'c', start + turnMs).turns)).toEqual(['a', 'c']);
  });

  it('is given no more often in any minute than allowed', () => {
    const times = given(600);
    for (let from = 0; from + 60 <= 600; from += 1) {
      expect(times.filter((second) => second >= from && second < from + 60).length).toBeLessThanOrEqual(6);
    }
    expect(times.length).toBeGreaterThan(40);
  });

  it('is given to everybody where nothing is limited', () => {
    expect(given(100, { inFlightMax: 0, perMinuteMax: 0 })).toHaveLength(100);
  });

  it('is given to nobody while the host wants to be left alone', () => {
    const paused = pauseHost(pauseHost(idleHost, start + 30_000), start + 10_000);
    expect(takeTurn(paused, 'a', limits, start)).toEqual({ reason: 'paused', waitMs: 30_000 });
    expect(takeTurn(paused, 'a', limits, start + 30_000)).toHaveProperty('state');
  });
});
