import { describe, expect, it } from '@jest/globals';
import { nextInstants } from './next-instants.js';

const next = (cron: string, timeZone: string, after: string, count: number): string[] =>
  nextInstants({ cron, timeZone }, new Date(after), count).map((instant) =>
    instant.toISOString().replace(':00.000Z', 'Z'),
  );

describe('the next instants of a schedule', () => {
  it.each([
    // Plain days, strictly after.
    ['0 9 * * *', 'UTC', '2026-01-01T09:00:00Z', ['2026-01-02T09:00Z', '2026-01-03T09:00Z']],
    ['0 9 * * *', 'UTC', '2026-01-01T08:59:59.999Z', ['2026-01-01T09:00Z']],
    ['0 9 * * *', 'UTC', '2026-01-01T09:00:00.001Z', ['2026-01-02T09:00Z']],
    ['0 9 * * 1-5', 'Europe/Berlin', '2026-01-02T12:00:00Z', ['2026-01-05T08:00Z', '2026-01-06T08:00Z']],
    ['*/20 * * * *', 'UTC', '2026-01-01T23:30:00Z', ['2026-01-01T23:40Z', '2026-01-02T00:00Z']],
    // The hour is the wall's on both sides of a change.
    ['0 9 * * *', 'Europe/Berlin', '2026-03-28T00:00:00Z', ['2026-03-28T08:00Z', '2026-03-29T07:00Z']],
    ['0 9 * * *', 'America/New_York', '2026-10-31T12:00:00Z', ['2026-10-31T13:00Z', '2026-11-01T14:00Z']],
    // Skipped, 02:00 to 03:00 on 29 March: the first instant after.
    [
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T00:00:00Z',
      ['2026-03-28T01:30Z', '2026-03-29T01:00Z', '2026-03-30T00:30Z'],
    ],
    ['*/15 2 * * *', 'Europe/Berlin', '2026-03-29T00:30:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:00Z']],
    [
      '0,30 * * * *',
      'Europe/Berlin',
      '2026-03-29T00:15:00Z',
      ['2026-03-29T00:30Z', '2026-03-29T01:00Z', '2026-03-29T01:30Z'],
    ],
    // At midnight, and by half an hour.
    ['15 0 * * *', 'America/Santiago', '2026-09-05T12:00:00Z', ['2026-09-06T04:00Z', '2026-09-07T03:15Z']],
    ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00:00Z', ['2026-10-03T15:30Z', '2026-10-04T15:15Z']],
    // Repeated, 02:00 to 03:00 on 25 October: the first time only.
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', ['2026-10-25T00:30Z', '2026-10-26T01:30Z']],
    ['30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30:01Z', ['2026-10-26T01:30Z']],
    [
      '*/30 * * * *',
      'Europe/Berlin',
      '2026-10-25T00:00:00Z',
      ['2026-10-25T00:30Z', '2026-10-25T02:00Z', '2026-10-25T02:30Z'],
    ],
    ['*/30 * * * *', 'Europe/Berlin', '2026-10-25T01:10:00Z', ['2026-10-25T02:00Z']],
    ['0 3 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', ['2026-10-25T02:00Z', '2026-10-26T02:00Z']],
    // Half hours and quarters.
    ['0 9 * * *', 'Asia/Kolkata', '2026-01-01T00:00:00Z', ['2026-01-01T03:30Z']],
    ['0 9 * * *', 'Asia/Kathmandu', '2026-01-01T00:00:00Z', ['2026-01-01T03:15Z']],
    ['0 9 * * *', 'Pacific/Kiritimati', '2026-01-01T00:00:00Z', ['2026-01-01T19:00Z']],
    // A day that a place left out.
    ['0 12 30 12 *', 'Pacific/Apia', '2011-12-01T00:00:00Z', ['2011-12-30T10:00Z', '2012-12-29T22:00Z']],
    // Leap days and the lengths of months.
    ['0 0 29 2 *', 'UTC', '2026-01-01T00:00:00Z', ['2028-02-29T00:00Z', '2032-02-29T00:00Z']],
    ['0 0 29 2 *', 'UTC', '2096-03-01T00:00:00Z', ['2104-02-29T00:00Z']],
    ['0 0 31 * *', 'UTC', '2026-01-31T00:00:00Z', ['2026-03-31T00:00Z', '2026-05-31T00:00Z']],
    ['0 0 L * *', 'UTC', '2028-01-31T00:00:00Z', ['2028-02-29T00:00Z', '2028-03-31T00:00Z']],
    ['0 0 * * MON#1', 'UTC', '2026-01-06T00:00:00Z', ['2026-02-02T00:00Z']],
    ['0 0 31 12 *', 'Pacific/Auckland', '2026-12-30T11:00:00Z', ['2027-12-30T11:00Z']],
    // Never.
    ['0 0 30 2 *', 'UTC', '2026-01-01T00:00:00Z', []],
  ])('%s in %s after %s', (cron, timeZone, after, instants) => {
    expect(next(cron, timeZone, after, Math.max(instants.length, 1))).toEqual(instants);
  });

  it.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Africa/Casablanca'])(
    'of %s come up at their minute of the wall clock all year, in order, but for the skipped ones',
    (timeZone) => {
      const instants = nextInstants({ cron: '30 2 * * *', timeZone }, new Date('2026-01-01T12:00:00Z'), 365);
      const clock = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short' });
      const shown = instants.map((instant) => clock.format(instant));
      expect(shown.filter((time) => time !== '02:30').length).toBeLessThanOrEqual(1);
      const hours = instants
        .slice(1)
        .map((instant, at) => (instant.getTime() - instants[at]!.getTime()) / 3_600_000);
      expect(Math.min(...hours)).toBeGreaterThanOrEqual(22.5);
      expect(Math.max(...hours)).toBeLessThanOrEqual(25);
    },
  );
});
