import { describe, expect, it } from '@jest/globals';
import { parseClock } from './parse-clock.js';
import { readNamedDate, readYearLastDate } from './written-date.js';

const epoch = Date.UTC(2000, 0, 1);
const day = (days: number): string | null =>
  Number.isNaN(days) ? null : new Date(epoch + days * 86_400_000).toISOString().slice(0, 10);

/** Reads the text in the midst of other bytes that would go on with it. */
function within<T>(read: (bytes: Buffer, start: number, end: number) => T, text: string): T {
  const bytes = Buffer.from(`1${text}1`);
  return read(bytes, 1, bytes.length - 1);
}

const second = 1_000_000;
const hour = 3_600 * second;

describe('readYearLastDate', () => {
  it.each<[string, string | null, string | null, number]>([
    ['31/12/2024', '2024-12-31', null, NaN],
    ['12/31/2024', null, '2024-12-31', NaN],
    ['01/02/2024', '2024-02-01', '2024-01-02', NaN],
    ['1/2/2024', '2024-02-01', '2024-01-02', NaN],
    ['31.12.2024', '2024-12-31', null, NaN],
    ['31-12-2024', '2024-12-31', null, NaN],
    ['29/02/2023', null, null, NaN],
    ['29/02/2024', '2024-02-29', null, NaN],
    ['31/12/2024 10:00', '2024-12-31', null, 10 * hour],
    ['12/31/2024 12:00:01 AM', null, '2024-12-31', second],
    ['12/31/2024 1:00 PM', null, '2024-12-31', 13 * hour],
    ['31.12.2024 00:00:00.5', '2024-12-31', null, second / 2],
  ])('reads %s', (text, dayFirst, monthFirst, clock) => {
    const date = within(readYearLastDate, text)!;
    expect([day(date.dayFirst), day(date.monthFirst), date.clock, date.isShort]).toEqual([
      dayFirst,
      monthFirst,
      clock,
      false,
    ]);
  });

  it('says of a year of two digits that it is short', () => {
    expect(within(readYearLastDate, '31/12/24')).toMatchObject({ isShort: true });
  });

  it.each([
    '',
    '31/12',
    '31/12/',
    '31/12-2024',
    '131/12/2024',
    '31/112/2024',
    '31/12/20244',
    '31/12/024',
    '31//2024',
    '/12/2024',
    '2024/12/31',
    '31 12 2024',
    '31/12/2024 ',
    '31/12/2024T10:00',
    '31/12/2024 25:00',
    '31/12/2024 10',
    '31/12/2024 10:00Z',
  ])('leaves %j alone', (text) => {
    expect(within(readYearLastDate, text)).toBeNull();
  });
});

describe('readNamedDate', () => {
  it.each<[string, string, number]>([
    ['31 Dec 2024', '2024-12-31', NaN],
    ['1 january 2025', '2025-01-01', NaN],
    ['31-DEC-2024', '2024-12-31', NaN],
    ['Dec 31, 2024', '2024-12-31', NaN],
    ['May 1 2024', '2024-05-01', NaN],
    ['September 30, 2024 10:00', '2024-09-30', 10 * hour],
    ['30 Sep 2024 1:00 pm', '2024-09-30', 13 * hour],
  ])('reads %s', (text, date, clock) => {
    const read = readNamedDate(text)!;
    expect([day(read.days), read.clock]).toEqual([date, clock]);
  });

  it.each([
    '',
    '31 Dec',
    'Dec 2024',
    '31 Foo 2024',
    '31 Dec 24',
    '32 Dec 2024',
    '30 Feb 2024',
    '31-Dec 2024',
    'Tue 31 Dec 2024',
    '31 Decem 2024',
    '31 Dec 2024 25:00',
  ])('leaves %j alone', (text) => {
    expect(readNamedDate(text)).toBeNull();
  });
});

describe('parseClock', () => {
  it.each<[string, number]>([
    ['00:00', 0],
    ['10:11', 10 * hour + 660 * second],
    ['23:59:59', 24 * hour - second],
    ['23:59:59.999999', 24 * hour - 1],
    ['10:00:00.5', 10 * hour + second / 2],
    ['10:00:00.123456000', 10 * hour + 123_456],
    ['9:00:00', 9 * hour],
    ['9:00 AM', 9 * hour],
    ['9:00pm', 21 * hour],
    ['12:00 AM', 0],
    ['12:00 PM', 12 * hour],
  ])('reads %s', (text, micros) => {
    expect(within(parseClock, text)).toBe(micros);
  });

  it.each([
    '',
    '10',
    '10:',
    '10:1',
    '1:00',
    '10:60',
    '24:00',
    '10:00:60',
    '10:00:',
    '10:00:0',
    '10:00:00.',
    '10:00:00.1234567',
    '100:00',
    '10.00',
    '10:00Z',
    '10:00 XM',
    '0:00 AM',
    '13:00 PM',
    'PM',
    ':00 PM',
    '-1:00',
  ])('leaves %j alone', (text) => {
    expect(within(parseClock, text)).toBeNaN();
  });
});
