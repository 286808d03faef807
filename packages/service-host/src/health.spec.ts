import { describe, expect, it, jest } from '@jest/globals';
import { readReadiness } from './health.js';

describe('readiness', () => {
  it('is given when every check passes', async () => {
    const checks = { bus: async () => true, database: async () => true };
    expect(await readReadiness(checks)).toEqual({ ready: true, checks: { bus: 'ok', database: 'ok' } });
    expect(await readReadiness({})).toEqual({ ready: true, checks: {} });
  });

  it('names the checks that fail, however they do', async () => {
    const checks = {
      bus: async () => true,
      database: async () => false,
      files: () => Promise.reject(new Error('gone')),
      source: () => {
        throw new Error('broken at once');
      },
    };
    expect(await readReadiness(checks)).toEqual({
      ready: false,
      checks: { bus: 'ok', database: 'failing', files: 'failing', source: 'failing' },
    });
  });

  it('counts a check that hangs for two seconds as failing', async () => {
    jest.useFakeTimers();
    try {
      const reading = readReadiness({ database: () => new Promise(() => undefined) });
      await jest.advanceTimersByTimeAsync(2_000);
      expect(await reading).toEqual({ ready: false, checks: { database: 'failing' } });
    } finally {
      jest.useRealTimers();
    }
  });
});
