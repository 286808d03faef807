import { describe, expect, it } from '@jest/globals';
import { readCron } from './read-cron.js';

const now = new Date('2026-01-01T00:00:00Z');
const read = (cron: string, timeZone = 'UTC', shortestSeconds = 900): object =>
  readCron({ cron, timeZone }, { shortestSeconds, now });

describe('a schedule as a customer wrote it', () => {
  it.each([
    ['0 9 * * *', 86_400],
    ['  0   9 * *  * ', 86_400],
    ['*/15 * * * *', 900],
    ['0 9 * * mon-fri', 86_400],
    ['0 0,23 31,1 * *', 3_600],
    ['0 0 1 1 *', 31_536_000],
    ['0 6,12 L 2 *', 21_600],
  ])('%s comes up every %d seconds at most', (cron, intervalSeconds) => {
    expect(read(cron)).toMatchObject({ intervalSeconds });
  });

  it('is told with the next three instants', () => {
    expect(read('0 9 * * *', 'Asia/Tokyo')).toEqual({
      schedule: { cron: '0 9 * * *', timeZone: 'Asia/Tokyo' },
      intervalSeconds: 86_400,
      preview: ['02', '03', '04'].map((day) => new Date(`2026-01-${day}T00:00:00Z`)),
    });
  });

  it.each([
    [''],
    ['0 9 * *'],
    ['0 0 9 * * *'],
    ['0 0 9 * * * 2030'],
    ['60 9 * * *'],
    ['0 24 * * *'],
    ['0 9 32 * *'],
    ['0 9 * 13 *'],
    ['0 9 * * 8'],
    ['? 9 * * *'],
    ['@daily'],
    ['2030-01-01T00:00:00'],
    ['0 9 * * *; DROP'],
    [`${'0,'.repeat(60)}0 9 * * *`],
    ['0 9 * * */0'],
  ])('%j is no expression', (cron) => {
    expect(read(cron)).toMatchObject({ field: 'cron', code: 'cron-malformed' });
  });

  it.each(['0 0 30 2 *', '0 0 31 4 *', '0 0 31 2,4,6,9,11 *'])('%s never comes up', (cron) => {
    expect(read(cron)).toMatchObject({ field: 'cron', code: 'cron-never' });
  });

  it.each(['* * * * *', '*/14 * * * *', '0,10 9 1 1 *', '0,59 0,23 * * *', '0,59 0,23 1,28 2,3 *'])(
    '%s comes up too often',
    (cron) => {
      expect(read(cron)).toMatchObject({ field: 'cron', code: 'cron-too-often' });
    },
  );

  it.each(['', 'Mars/Olympus', '+02:00', 'Europe/Berlin; x', 'x'.repeat(100)])(
    '%j is no time zone',
    (zone) => {
      expect(read('0 9 * * *', zone)).toMatchObject({ field: 'time_zone', code: 'time-zone-unknown' });
    },
  );

  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'Asia/Calcutta'])(
    '%s is a time zone',
    (zone) => {
      expect(read('0 9 * * *', zone)).toMatchObject({ intervalSeconds: 86_400 });
    },
  );
});
