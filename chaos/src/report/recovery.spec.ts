import { describe, expect, it } from '@jest/globals';
import { recoveriesOf } from './recovery.js';

const kill = (beganAt: number, endedAt: number): Parameters<typeof recoveriesOf>[0][number] => ({
  fault: { atMs: beganAt, kind: 'kill-server', server: 'nats', durationMs: 0 },
  beganAt: new Date(beganAt),
  endedAt: new Date(endedAt),
});
const run = (
  requestedAtMs: number,
  finishedAtMs: number,
  isGood = true,
): Parameters<typeof recoveriesOf>[1][number] => ({
  requestedAtMs,
  finishedAtMs,
  isGood,
});

describe('recovery from faults', () => {
  it('counts until the first run that was asked for afterwards has ended well, and the longest of all', () => {
    const runs = [run(90, 210), run(205, 220, false), run(206, 250), run(260, 400), run(510, 520)];
    expect(recoveriesOf([kill(100, 200), kill(450, 500)], runs)).toEqual([
      { fault: 'kill -9 nats', times: 2, untilGoodRunMs: 50, longestRunMs: 120 },
    ]);
  });

  it('knows no time where no run followed', () => {
    expect(recoveriesOf([kill(100, 200)], [])).toEqual([
      { fault: 'kill -9 nats', times: 1, untilGoodRunMs: 0, longestRunMs: 0 },
    ]);
  });
});
