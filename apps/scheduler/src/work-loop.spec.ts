import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@tidetable/service-host';
import { restMsAfter, WorkLoop } from './work-loop.js';

const logger = createLogger('test', 'fatal');
const turns: boolean[] = [];
const turned = (_name: string, _seconds: number, hasFailed: boolean): void => {
  turns.push(hasFailed);
};

/** Work whose rounds the test ends one by one, and which counts how many go on at the same time. */
function heldWork(): {
  work: () => Promise<boolean>;
  end: (more: boolean) => Promise<void>;
  seen: { rounds: number; most: number };
} {
  const seen = { rounds: 0, now: 0, most: 0 };
  const held: ((more: boolean) => void)[] = [];
  return {
    seen,
    work: async () => {
      seen.rounds += 1;
      seen.now += 1;
      seen.most = Math.max(seen.most, seen.now);
      const more = await new Promise<boolean>((resolve) => held.push(resolve));
      seen.now -= 1;
      return more;
    },
    end: async (more) => {
      held.shift()?.(more);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('a loop of work', () => {
  it('never does its work twice at the same time, and once more when woken meanwhile', async () => {
    const { work, end, seen } = heldWork();
    const loop = new WorkLoop('test', work, logger, turned);
    loop.wake();
    loop.wake();
    loop.wake();
    expect(seen.rounds).toBe(1);
    await end(false);
    expect(seen.rounds).toBe(2);
    await end(false);
    expect(seen).toMatchObject({ rounds: 2, most: 1 });
  });

  it('goes on at once while there is more', async () => {
    const { work, end, seen } = heldWork();
    const loop = new WorkLoop('test', work, logger, turned);
    loop.wake();
    await end(true);
    await end(true);
    await end(false);
    expect(seen.rounds).toBe(3);
  });

  it('waits for the round in hand when it is stopped, and begins no other', async () => {
    const { work, end, seen } = heldWork();
    const loop = new WorkLoop('test', work, logger, turned);
    loop.wake();
    let stopped = false;
    const stopping = loop.stop().then(() => (stopped = true));
    loop.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(false);
    await end(true);
    await stopping;
    loop.wake();
    expect(seen.rounds).toBe(1);
  });

  it('ignores wakes while it rests after a failure', async () => {
    let rounds = 0;
    const loop = new WorkLoop('test', () => Promise.reject(new Error(`round ${++rounds}`)), logger, turned);
    loop.wake();
    await new Promise((resolve) => setImmediate(resolve));
    loop.wake();
    await loop.stop();
    expect(rounds).toBe(1);
    expect(turns.at(-1)).toBe(true);
  });

  it.each([
    [1, 250],
    [2, 500],
    [5, 4_000],
    [6, 8_000],
    [7, 10_000],
    [1_000, 10_000],
  ])('rests after %i failures in a row for %i ms', (failuresInARow, restMs) => {
    expect(restMsAfter(failuresInARow)).toBe(restMs);
  });
});
