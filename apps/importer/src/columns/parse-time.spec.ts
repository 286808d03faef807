import { describe, expect, it } from '@jest/globals';
import { parseDate, parseTimestamp, timestampHasZone } from './parse-time.js';

const epoch = Date.UTC(2000, 0, 1);

/** Calls a parser with the text in the midst of digits, so that reading past its end would show. */
function within(parse: (bytes: Buffer, start: number, end: number) => number, text: string): number {
  const bytes = Buffer.from(`20${text}0:00:00.000000Z`);
  return parse(bytes, 2, 2 + text.length);
}

const date = (text: string): number => within(parseDate, text);
const timestamp = (text: string): number => within(parseTimestamp, text);

/** Microseconds since 2000-01-01 of an instant that JavaScript can read. */
const microsecondsOf = (iso: string): number => (Date.parse(iso) - epoch) * 1000;

describe('parseDate', () => {
  const isRead = (text: string): boolean =>
    parseDate(Buffer.from(text), 0, 10) === (Date.parse(text) - epoch) / 86_400_000;

  it('agrees with the calendar on every day of two centuries', () => {
    const wrong: string[] = [];
    for (let time = Date.UTC(1899, 0, 1); time < Date.UTC(2102, 0, 1); time += 86_400_000) {
      const text = new Date(time).toISOString().slice(0, 10);
      if (!isRead(text)) wrong.push(text);
    }
    expect(wrong).toEqual([]);
  });

  it('agrees with the calendar on the turns of every year from 1 to 9999', () => {
    const wrong: string[] = [];
    for (let year = 1; year <= 9999; year++) {
      for (const day of ['01-01', '02-28', '03-01', '12-31']) {
        const text = `${String(year).padStart(4, '0')}-${day}`;
        if (!isRead(text)) wrong.push(text);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('reads dates with slashes', () => {
    expect(date('2000/01/02')).toBe(1);
  });

  it.each([
    '2001-02-29',
    '1900-02-29',
    '2100-02-29',
    '2000-02-30',
    '2000-04-31',
    '2000-13-01',
    '2000-00-01',
    '2000-01-00',
    '2000-01-32',
    '0000-01-01',
    '2000-1-1',
    '2000-01-1',
    '20000101',
    '2000-01/01',
    '2000.01.01',
    '01-02-2000',
    '01/02/2000',
    '2000-01-01 ',
    '2000-01-01T',
    '200a-01-01',
    '2000-0a-01',
    '2000-01-0a',
    '-200-01-01',
    '',
  ])('leaves %j alone', (text) => {
    expect(date(text)).toBeNaN();
  });

  it.each(['2000-02-29', '2400-02-29', '2024-02-29'])('knows that %s is a day', (text) => {
    expect(date(text)).toBe(Math.round((Date.parse(text) - epoch) / 86_400_000));
  });
});

describe('parseTimestamp', () => {
  it.each<[string, string, boolean]>([
    ['2020-02-03 04:05', '2020-02-03T04:05:00Z', false],
    ['2020-02-03T04:05', '2020-02-03T04:05:00Z', false],
    ['2020/02/03 04:05:06', '2020-02-03T04:05:06Z', false],
    ['2020-02-03t04:05:06', '2020-02-03T04:05:06Z', false],
    ['2020-02-03 04:05:06Z', '2020-02-03T04:05:06Z', true],
    ['2020-02-03T04:05:06z', '2020-02-03T04:05:06Z', true],
    ['2020-02-03T04:05Z', '2020-02-03T04:05:00Z', true],
    ['2020-02-03 04:05:06+02', '2020-02-03T02:05:06Z', true],
    ['2020-02-03 04:05:06-0230', '2020-02-03T06:35:06Z', true],
    ['2020-02-03 04:05:06+02:30', '2020-02-03T01:35:06Z', true],
    ['2020-02-03 04:05+15:59', '2020-02-02T12:06:00Z', true],
    ['2020-02-03 04:05:06-00:00', '2020-02-03T04:05:06Z', true],
    ['0001-01-01 00:00:00', '0001-01-01T00:00:00Z', false],
    ['9999-12-31 23:59:59', '9999-12-31T23:59:59Z', false],
    ['1999-12-31 23:59:59', '1999-12-31T23:59:59Z', false],
  ])('reads %s', (text, iso, hasZone) => {
    expect(timestamp(text)).toBe(microsecondsOf(iso));
    expect(timestampHasZone).toBe(hasZone);
  });

  it.each<[string, number]>([
    ['2000-01-01 00:00:00.1', 100_000],
    ['2000-01-01 00:00:00.000001', 1],
    ['2000-01-01 00:00:00.123456', 123_456],
    ['2000-01-01 00:00:00.123456000', 123_456],
    ['2000-01-01T00:00:01.5Z', 1_500_000],
    ['2000-01-01T00:00:01.5+01:00', 1_500_000 - 3_600_000_000],
    ['1999-12-31 23:59:59.999999', -1],
  ])('reads the fraction of %s to the microsecond', (text, microseconds) => {
    expect(timestamp(text)).toBe(microseconds);
  });

  it('agrees with JavaScript on instants of all ages', () => {
    let state = 5;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const two = (value: number): string => String(value).padStart(2, '0');
    const wrong: string[] = [];
    for (let n = 0; n < 10_000; n++) {
      const day = new Date(epoch + (random(6_000_000) - 700_000) * 86_400_000);
      if (day.getUTCFullYear() > 9999) continue;
      const zone =
        random(2) === 0 ? 'Z' : `${random(2) === 0 ? '+' : '-'}${two(random(16))}:${two(random(60))}`;
      const text = `${day.toISOString().slice(0, 10)}T${two(random(24))}:${two(random(60))}:${two(random(60))}${zone}`;
      if (timestamp(text) !== microsecondsOf(text)) wrong.push(text);
    }
    expect(wrong).toEqual([]);
  });

  it.each([
    '2020-02-03',
    '2020-02-03 ',
    '2020-02-03 04',
    '2020-02-03 04:5',
    '2020-02-03 4:05:06',
    '2020-02-03 24:00:00',
    '2020-02-03 04:60',
    '2020-02-03 04:05:60',
    '2020-02-03 04:05:',
    '2020-02-03 04:05:6',
    '2020-02-03 04:05:06.',
    '2020-02-03 04:05:06.Z',
    '2020-02-03 04:05:06.1234567',
    '2020-02-03 04:05:06,5',
    '2020-02-03  04:05:06',
    '2020-02-30 04:05:06',
    '2020-02-03 04:05:06 Z',
    '2020-02-03 04:05:06 +02',
    '2020-02-03 04:05:06+2',
    '2020-02-03 04:05:06+16',
    '2020-02-03 04:05:06+02:60',
    '2020-02-03 04:05:06+02-30',
    '2020-02-03 04:05:06 UTC',
    '2020-02-03 04:05 PM',
    '2020-02-03 04.05.06',
    '2020-02-03_04:05:06',
    '02/03/2020 04:05:06',
  ])('leaves %j alone', (text) => {
    expect(timestamp(text)).toBeNaN();
  });

  it('leaves a fraction alone where a number is too coarse to hold it', () => {
    expect(timestamp('9999-12-31 23:59:59.5')).toBeNaN();
    expect(timestamp('0001-01-01 00:00:00.5')).toBeNaN();
  });
});
