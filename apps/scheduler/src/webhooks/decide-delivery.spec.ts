import { describe, expect, it } from '@jest/globals';
import { type AttemptResult, decideDelivery, seriesSecondsMax } from './decide-delivery.js';

const answered = (status: number, retryAfterSeconds?: number): AttemptResult => ({
  outcome: 'answered',
  status,
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});

describe('after an attempt', () => {
  it.each([200, 201, 202, 204, 299])('a status of %i is the end of it', (status) => {
    expect(decideDelivery(answered(status), { triedSeconds: 0, spread: 0 })).toEqual({
      state: 'delivered',
      status,
    });
  });

  it.each<[AttemptResult, string]>([
    [answered(301), 'target-redirects'],
    [answered(307), 'target-redirects'],
    [answered(400), 'target-refuses'],
    [answered(404), 'target-refuses'],
    [answered(429), 'target-busy'],
    [answered(500), 'target-fails'],
    [answered(503), 'target-busy'],
    [answered(101), 'target-http-error'],
    [answered(999), 'target-http-error'],
    [{ outcome: 'failed', code: 'target-timeout' }, 'target-timeout'],
    [{ outcome: 'failed', code: 'target-address-refused' }, 'target-address-refused'],
    [null, 'not-attempted'],
  ])('%j is tried again as %s', (result, code) => {
    expect(decideDelivery(result, { triedSeconds: 60, spread: 0 })).toMatchObject({ state: 'pending', code });
  });

  it('gives the webhook up at once when it is gone', () => {
    expect(decideDelivery(answered(410), { triedSeconds: 0, spread: 0 })).toEqual({
      ...{ state: 'failed', status: 410, code: 'target-gone', disables: 'gone' },
    });
  });

  it('gives up a day after the first attempt, and not because nobody knows how it went', () => {
    const late = { triedSeconds: seriesSecondsMax, spread: 0 };
    expect(decideDelivery(answered(500), late)).toMatchObject({ state: 'failed', disables: 'undelivered' });
    expect(decideDelivery(null, late)).toMatchObject({ state: 'pending' });
  });

  it.each<[number | undefined, number, number]>([
    [120, 0, 120],
    [1, 60, 60],
    [undefined, 60, 60],
    [200_000, 600, seriesSecondsMax - 600],
  ])('that asks for %p s after %i s the next comes after %i s', (retryAfter, triedSeconds, pauseSeconds) => {
    expect(decideDelivery(answered(503, retryAfter), { triedSeconds, spread: 0 })).toMatchObject({
      pauseSeconds,
    });
  });

  it.each([0, 1])(
    'the pauses grow up to four hours, and the last attempt is after a day (spread %i)',
    (spread) => {
      const moments = [0];
      for (let attempt = 1; attempt < 100; attempt += 1) {
        const triedSeconds = moments.at(-1)!;
        const decision = decideDelivery(answered(500), { triedSeconds, spread });
        if (decision.state !== 'pending') break;
        moments.push(triedSeconds + decision.pauseSeconds);
      }
      const pauses = moments.slice(1).map((moment, at) => Math.round(moment - moments[at]!));
      expect(moments.at(-1)).toBe(seriesSecondsMax);
      expect(moments.length).toBeGreaterThan(15);
      expect(moments.length).toBeLessThan(25);
      // The last pause is what is left of the day.
      expect(pauses.slice(0, -1)).toEqual([...pauses.slice(0, -1)].sort((one, other) => one - other));
      expect(Math.max(...pauses)).toBeLessThanOrEqual(14_400 * 1.1);
    },
  );
});
