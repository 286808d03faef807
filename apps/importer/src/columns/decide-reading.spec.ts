import { describe, expect, it } from '@jest/globals';
import type { ColumnType, Doubt, Notation, Reading } from './column-type.js';
import { decideReading } from './decide-reading.js';
import type { KnownType } from './known-type.js';
import { type GuessingOptions, TypeSampler } from './type-sampler.js';

interface Circumstances extends Partial<GuessingOptions> {
  known?: KnownType;
}

/** What a column of these values is; a value in quotes is quoted. */
function readingOf(values: readonly string[], { known, ...options }: Circumstances = {}): Reading {
  const guessing = { typeGuessing: true, quotedFieldsGuessing: true, ...options };
  const sampler = new TypeSampler(1, guessing, [], [known ?? null]);
  values.forEach((value, index) => {
    const quoted = value.startsWith('"');
    const bytes = Buffer.from(quoted ? value.slice(1, -1) : value);
    sampler.field(bytes, 0, bytes.length, quoted);
    sampler.endRow(index + 1);
  });
  return decideReading(sampler.evidence.possible[0]!, sampler.evidence.seen[0]!);
}

const typeOf = (values: readonly string[], circumstances?: Circumstances): ColumnType =>
  readingOf(values, circumstances).type;

describe('the type of a column', () => {
  it.each<[ColumnType, string[]]>([
    ['integer', ['1', '-2', '0']],
    ['integer', ['2147483647', '-2147483648']],
    ['integer', ['1', '', '3']],
    ['integer', ['1', '""', '   ']],
    ['integer', [' 1', '2\t']],
    ['integer', ['1', '0', '1']],
    ['integer', ['"1"', '"2"']],
    ['integer', ['20241231', '20250101']],
    ['integer', ['2024', '1999']],
    ['bigint', ['1', '2147483648']],
    ['bigint', ['-2147483649']],
    ['bigint', ['9223372036854775807', '-9223372036854775808']],
    ['double precision', ['1.5', '2']],
    ['double precision', ['-0', '1']],
    ['double precision', ['.5', '-.25']],
    ['double precision', ['1.50', '2.00']],
    ['double precision', ['0.30000000000000004']],
    ['double precision', ['123456789012345.5']],
    ['double precision', ['0.000000000000000000001234']],
    ['double precision', ['9007199254740992', '0.5']],
    ['double precision', ['1.5e-7', '2.5E10']],
    ['double precision', ['1.5', '1e-05', '1e+20']],
    ['double precision', ['5.0e-324', '1.7976931348623157e+308']],
    ['double precision', ['1', 'nan']],
    ['double precision', ['1.5', 'NaN', 'inf', '-inf', 'Infinity', '-Infinity']],
    ['double precision', ['1.234', '5.678']],
    ['double precision', ['0.123', '1.234']],
    ['numeric', ['0.1234567890123456789']],
    ['numeric', ['0.5', '0.1234567890123456789']],
    ['numeric', ['9007199254740993', '0.5']],
    ['numeric', ['12345678901234567890', '0.5']],
    ['numeric', ['9223372036854775808.5']],
    ['numeric', ['0.10000000000000001']],
    ['numeric', ['0.1234567890123456789', 'NaN']],
    ['numeric', ['1.12345678901234567e3', '2']],
    ['boolean', ['true', 'FALSE', 'True']],
    ['boolean', ['true']],
    ['boolean', ['false', '']],
    ['boolean', ['t', 'f']],
    ['boolean', ['yes', 'No']],
    ['boolean', ['y', 'N', 'n/a']],
    ['boolean', ['on', 'off']],
    ['date', ['2020-01-31', '2020/02/29']],
    ['timestamp without time zone', ['2020-01-31 10:11', '2020-01-31T10:11:12.5']],
    ['timestamp without time zone', ['2020-01-31', '2020-01-31 10:11']],
    ['timestamp with time zone', ['2020-01-31T10:11Z', '2020-01-31 10:11:12+02']],
    ['time without time zone', ['10:11', '23:59:59']],
    ['time without time zone', ['00:00', '10:11:12.123456']],
    ['time without time zone', ['9:05:00', '10:05:00']],
    ['time without time zone', ['9:05 AM', '12:00 pm', '11:59PM']],
  ])('is %s for %j', (type, values) => {
    expect(readingOf(values)).toEqual({ type, notation: 'plain', doubt: null });
  });

  it.each<[ColumnType, Notation, string[]]>([
    ['date', 'day-first', ['31/12/2024', '01/02/2024']],
    ['date', 'day-first', ['1/2/2024', '13/2/2024']],
    ['date', 'day-first', ['31.12.2024', '01.02.2024']],
    ['date', 'day-first', ['31-12-2024']],
    ['date', 'month-first', ['12/31/2024', '01/02/2024']],
    ['date', 'month-first', ['12-31-2024']],
    ['date', 'month-first', ['2/29/2024']],
    ['timestamp without time zone', 'day-first', ['31/12/2024 10:11', '01/02/2024']],
    ['timestamp without time zone', 'day-first', ['31.12.2024 10:11:12.5']],
    ['timestamp without time zone', 'month-first', ['12/31/2024 12:00:00 AM', '01/02/2024 1:05 PM']],
    ['timestamp without time zone', 'month-first', ['03/25/2016 9:05:00']],
    ['date', 'month-named', ['31 Dec 2024', '1 January 2025']],
    ['date', 'month-named', ['31-DEC-2024']],
    ['date', 'month-named', ['December 31, 2024', 'Jan 2 2025']],
    ['timestamp without time zone', 'month-named', ['31 Dec 2024', '1 Jan 2025 10:11']],
    ['double precision', 'comma', ['1,5', '2']],
    ['double precision', 'comma', ['"1,5"', '"-2,25"']],
    ['double precision', 'comma', ['1.234,5', '7']],
    ['double precision', 'comma', ['0,123', '1,234']],
    ['double precision', 'comma', ['1234,567', '1,234']],
    ['double precision', 'comma', ['1,234', '1,5']],
    ['double precision', 'comma', ['1.234', '1,5']],
    ['double precision', 'comma', ['1 234,5', '2 345 678,9']],
    ['double precision', 'comma', ['1\u00a0234,5', '1\u202f234']],
    ['double precision', 'comma', ["1'234,5"]],
    ['double precision', 'comma', ['1,5E-7', '2,5']],
    ['double precision', 'comma', ['1,5', 'NaN']],
    ['numeric', 'comma', ['0,1234567890123456789']],
    ['integer', 'comma', ['1.234.567', '1.000']],
    ['integer', 'comma', ['1.234.567', '-12']],
    ['bigint', 'comma', ['1.234.567.890.123']],
    ['integer', 'point', ['1,234,567', '1,234']],
    ['integer', 'point', ['1,234,567', '12']],
    ['bigint', 'point', ['1,234,567,890,123']],
    ['numeric', 'point', ['12,345,678,901,234,567,890']],
    ['double precision', 'point', ['1,234.5', '2']],
    ['double precision', 'point', ['1,234', '0.5']],
    ['double precision', 'point', ['1,234,567.89', '1,234']],
    ['double precision', 'point', ['1 234.5', '12']],
    ['double precision', 'point', ["1'234.5", "1'234'567"]],
    ['double precision', 'point', ['1’234.5']],
    ['integer', 'point', ["1'234"]],
    ['integer', 'point', ['1\u00a0234\u00a0567']],
    ['integer', 'point', ['$5', '$-10', '-$7']],
    ['double precision', 'point', ['€12.50', '€ 3']],
    ['double precision', 'comma', ['12,50 €', '1.000,00 €']],
    ['double precision', 'comma', ['12,50\u00a0EUR', '-3,00\u00a0EUR']],
    ['double precision', 'point', ['USD 1,234.50', 'USD 2']],
    ['double precision', 'point', ['£1,234.50', '£0.99']],
    ['integer', 'point', ['¥1,234,567', '¥0']],
    ['integer', 'point', ['$1 234', '$5']],
    ['integer', 'point', ['12%', '0%']],
    ['double precision', 'point', ['12.5%', '-3 %']],
    ['double precision', 'comma', ['12,5 %', '3 %']],
    ['integer', 'point', ['12%', 'NA', '-']],
  ])('is %s (%s) for %j', (type, notation, values) => {
    expect(readingOf(values)).toEqual({ type, notation, doubt: null });
  });

  it.each<[Doubt, string[]]>([
    ['date-order', ['01/02/2024', '12/11/2024']],
    ['date-order', ['01.02.2024']],
    ['date-order', ['03/04/2024 10:11']],
    ['date-separators', ['31/12/2024', '31.12.2024']],
    ['short-year', ['31/12/24']],
    ['short-year', ['1.2.99', '01.02.00']],
    ['decimal-mark', ['1,234', '5,678']],
    ['decimal-mark', ['1,234', '12']],
    ['decimal-mark', ['$1,234']],
    ['decimal-mark', ['1,234', '1.234']],
    ['separators', ['1,234.5', "1'234.5"]],
    ['separators', ['1.234,5', '1 234,5']],
    ['spaces', ['1 234', '12']],
    ['spaces', ['600 123 456', '600 123 457']],
    ['units', ['$5', '€5']],
    ['units', ['$5', '5']],
    ['units', ['12%', '0.5']],
    ['units', ['12%', '$3']],
    ['long-integers', ['12345678901234567890']],
    ['long-integers', ['1', '9223372036854775808']],
    ['long-integers', ['-12345678901234567890']],
    ['exponents', ['1e-05', '2e-05']],
    ['exponents', ['1e+20', '3']],
  ])('stays text, and it is said why (%s), for %j', (doubt, values) => {
    expect(readingOf(values)).toEqual({ type: 'text', notation: 'plain', doubt });
  });

  it.each<[string, string[]]>([
    ['leading zeros', ['007', '12']],
    ['a single zero too many', ['00']],
    ['a leading zero before a fraction', ['01.5', '2.5']],
    ['a leading zero before a comma', ['01,5', '2,5']],
    ['phone numbers', ['+34911234567', '+34911234568']],
    ['a plus before a number', ['+5', '3']],
    ['codes with an exponent', ['1E5', '2E7']],
    ['a code with an exponent beside numbers', ['1.5', '1E5']],
    ['versions', ['1.2.3', '1.10.0']],
    ['two-part versions with three parts among them', ['1.2', '1.2.3']],
    ['addresses of hosts', ['192.168.100.200', '10.0.0.1']],
    ['addresses of hosts with groups of three', ['192.168.100.200']],
    ['groups that are no thousands', ['12,34,567']],
    ['groups of two digits', ['1,23', '1.23']],
    ['numbers with both marks swapped', ['1,234.5', '1.234,5']],
    ['a point and a comma as decimal marks', ['1.5', '1,5']],
    ['only y', ['y', 'y']],
    ['only n', ['n']],
    ['only t', ['t']],
    ['only yes', ['yes']],
    ['only on', ['on']],
    ['words of different pairs', ['true', 'no']],
    ['one word of two pairs each', ['yes', 'n']],
    ['numbers and words', ['1', 'true']],
    ['numbers and dates', ['2020', '2020-01-01']],
    ['times with and without a zone', ['2020-01-01 10:11', '2020-01-01 10:11Z']],
    ['dates beside times with a zone', ['2020-01-01', '2020-01-01 10:11Z']],
    ['a day that is not in the calendar', ['2020-02-28', '2020-02-30']],
    ['a day that is in no calendar, either way', ['31/12/2024', '31/02/2024']],
    ['both orders', ['31/12/2024', '12/31/2024']],
    ['dates with the year first and last', ['2024-12-31', '31-12-2024']],
    ['separators that differ within a date', ['31/12-2024']],
    ['a month that is none', ['31 Foo 2024']],
    ['months in another language', ['31 Dez 2024']],
    ['a date with a weekday', ['Tue, 31 Dec 2024']],
    ['hours beyond the day', ['10:11', '24:00']],
    ['hours of one digit without seconds', ['9:05', '10:05']],
    ['hours beyond twelve with PM', ['13:00 PM']],
    ['times finer than a microsecond', ['10:11:12.1234567']],
    ['ratios', ['10:1', '16:9']],
    ['hexadecimal', ['0x10']],
    ['only words for no number', ['nan', 'NaN']],
    ['only infinity', ['inf', '-Infinity']],
    ['infinity beside more digits than a double has', ['0.1234567890123456789', 'inf']],
    ['accounting parentheses', ['(5)', '5']],
    ['a sign behind', ['5-']],
    ['a percent sign before', ['%5']],
    ['two units', ['$5%']],
    ['other units', ['5 km', '7 km']],
    ['a word that may mean zero', ['5', 'none']],
    ['a single value that does not fit', ['1', '2', 'x']],
    ['a number of more than 40 characters', ['1.5', `0.${'1'.repeat(39)}`]],
    ['only words for nothing', ['NA', '-', 'NULL']],
    ['nothing but empty values', ['', '""', '  ']],
    ['no values', []],
  ])('is text for %s', (_name, values) => {
    expect(readingOf(values)).toEqual({ type: 'text', notation: 'plain', doubt: null });
  });

  it.each(['NULL', 'null', 'NA', 'n/a', 'N/A', '#N/A', '-', '\\N', ' NA '])(
    'does not depend on %j, a word for nothing',
    (word) => {
      expect(typeOf(['1', word])).toBe('integer');
      expect(typeOf([word, '2024-01-31'])).toBe('date');
      expect(typeOf([word, '1,5'])).toBe('double precision');
    },
  );

  it('is text for quoted values when quoted fields are not to be guessed', () => {
    const options = { quotedFieldsGuessing: false };
    expect(typeOf(['"1"', '"2"'], options)).toBe('text');
    expect(typeOf(['1', '"2"'], options)).toBe('text');
    expect(typeOf(['1', '"NA"'], options)).toBe('text');
    expect(typeOf(['1', '2'], options)).toBe('integer');
    expect(typeOf(['1', '""'], options)).toBe('integer');
  });

  it.each([['1', '2'], ['true'], ['2020-01-01'], ['1.5'], ['31/12/2024'], ['1,5']])(
    'is text for anything when types are not to be guessed (%j)',
    (...values) => {
      expect(typeOf(values, { typeGuessing: false })).toBe('text');
    },
  );

  it.each([
    [['1', '2147483648', '0.5', '', '9007199254740992']],
    [['1,234', '12', '0,5', 'NA', '1.234']],
    [['01/02/2024', '31/12/2024', '', '01/02/2024 10:11']],
    [['12345678901234567890', '0.5', '7']],
    [['1e-05', '2', '1.5']],
  ])('does not depend on the order of %j', (values) => {
    const reading = readingOf(values);
    expect(reading.type).not.toBe('text');
    expect(readingOf(values.toReversed())).toEqual(reading);
  });
});

describe('a row', () => {
  const bytes = Buffer.from('1x');
  const sample = (spoil: (sampler: TypeSampler) => void): ColumnType => {
    const sampler = new TypeSampler(1, { typeGuessing: true, quotedFieldsGuessing: true });
    sampler.field(bytes, 0, 1, false);
    sampler.endRow(1);
    sampler.field(bytes, 1, 2, false);
    spoil(sampler);
    return decideReading(sampler.evidence.possible[0]!, sampler.evidence.seen[0]!).type;
  };

  it.each<[string, (sampler: TypeSampler) => void]>([
    ['is given up', (sampler) => sampler.abandonRow()],
    ['is rejected', (sampler) => sampler.rejectRow()],
    [
      'has more fields than there are columns',
      (sampler) => {
        sampler.field(bytes, 0, 1, false);
        sampler.endRow(2);
      },
    ],
  ])('that %s has no say in the types', (_name, spoil) => {
    expect(sample(spoil)).toBe('integer');
  });

  it('that is complete has its say, with empty fields too many', () => {
    const complete = (sampler: TypeSampler): void => {
      sampler.field(bytes, 0, 0, false);
      sampler.endRow(2);
    };
    expect(sample(complete)).toBe('text');
  });
});

describe('a type that is known from the last refresh', () => {
  const plain = (type: ColumnType): KnownType => ({ type, notation: 'plain' });

  it.each<[ColumnType, string[]]>([
    ['integer', []],
    ['integer', ['1', '']],
    ['bigint', ['1', '2']],
    ['double precision', ['1', '2']],
    ['double precision', ['1e-05']],
    ['double precision', ['nan']],
    ['numeric', ['1', '0.5']],
    ['numeric', ['12345678901234567890']],
    ['boolean', ['y']],
    ['boolean', ['true']],
    ['boolean', []],
    ['date', ['2024-12-31']],
    ['timestamp without time zone', ['2024-12-31']],
    ['timestamp with time zone', ['2024-12-31T10:11Z']],
    ['time without time zone', ['10:11']],
    ['text', ['1', '2']],
    ['text', ['2024-12-31']],
    ['text', ['true']],
    ['text', []],
  ])('stays %s for %j', (type, values) => {
    expect(typeOf(values, { known: plain(type) })).toBe(type);
  });

  it.each<[ColumnType, string[], ColumnType]>([
    ['integer', ['1', '2147483648'], 'bigint'],
    ['integer', ['1', '1.5'], 'double precision'],
    ['integer', ['1', '0.1234567890123456789'], 'numeric'],
    ['integer', ['x'], 'text'],
    ['integer', ['2024-12-31'], 'text'],
    ['integer', ['true'], 'text'],
    ['bigint', ['1', '1.5'], 'double precision'],
    ['double precision', ['9007199254740993'], 'numeric'],
    ['numeric', ['x'], 'text'],
    ['boolean', ['1', '0'], 'text'],
    ['date', ['2024-12-31 10:11'], 'timestamp without time zone'],
    ['date', ['20241231'], 'text'],
    ['timestamp without time zone', ['2024-12-31 10:11Z'], 'text'],
    ['timestamp with time zone', ['2024-12-31'], 'text'],
    ['time without time zone', ['2024-12-31'], 'text'],
  ])('%s widens by %j to %s', (type, values, wider) => {
    expect(typeOf(values, { known: plain(type) })).toBe(wider);
  });

  it.each<[KnownType, string[], Reading['notation'] | 'text']>([
    [{ type: 'date', notation: 'day-first' }, ['01/02/2024'], 'day-first'],
    [{ type: 'date', notation: 'month-first' }, ['01/02/2024'], 'month-first'],
    [{ type: 'date', notation: 'day-first' }, ['12/31/2024'], 'month-first'],
    [{ type: 'date', notation: 'day-first' }, ['2024-12-31'], 'plain'],
    [plain('date'), ['01/02/2024'], 'text'],
    [{ type: 'double precision', notation: 'comma' }, ['1,234'], 'comma'],
    [{ type: 'double precision', notation: 'comma' }, ['1.234'], 'comma'],
    [{ type: 'integer', notation: 'point' }, ['1,234'], 'point'],
    [plain('double precision'), ['1,234'], 'point'],
    [plain('integer'), ['1,234'], 'text'],
  ])('settles what %j leaves open for %j: %s', (known, values, expected) => {
    const { type, notation } = readingOf(values, { known });
    expect(type === 'text' ? 'text' : notation).toBe(expected);
  });
});
