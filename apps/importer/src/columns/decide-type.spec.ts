import { describe, expect, it } from '@jest/globals';
import { type ColumnType, decideType } from './column-type.js';
import { type GuessingOptions, TypeSampler } from './type-sampler.js';

/** The type that a column of these values gets; a value in quotes is quoted. */
function typeOf(values: readonly string[], options: Partial<GuessingOptions> = {}): ColumnType {
  const sampler = new TypeSampler(1, { typeGuessing: true, quotedFieldsGuessing: true, ...options });
  for (const value of values) {
    const quoted = value.startsWith('"');
    const bytes = Buffer.from(quoted ? value.slice(1, -1) : value);
    sampler.field(bytes, 0, bytes.length, quoted);
    sampler.endRow();
  }
  return decideType(sampler.evidence.possible[0]!, sampler.evidence.wordsSeen[0]!);
}

describe('the type of a column', () => {
  it.each<[ColumnType, string[]]>([
    ['integer', ['1', '-2', '0']],
    ['integer', ['2147483647', '-2147483648']],
    ['integer', ['1', '', '3']],
    ['integer', ['1', '""', '   ']],
    ['integer', [' 1', '2\t']],
    ['integer', ['1', '0', '1']],
    ['integer', ['"1"', '"2"']],
    ['bigint', ['1', '2147483648']],
    ['bigint', ['-2147483649']],
    ['bigint', ['9223372036854775807', '-9223372036854775808']],
    ['double precision', ['1.5', '2']],
    ['double precision', ['1e5', '-0']],
    ['double precision', ['9007199254740992', '0.5']],
    ['boolean', ['true', 'FALSE', 'True']],
    ['boolean', ['true']],
    ['boolean', ['false', '']],
    ['boolean', ['t', 'f']],
    ['boolean', ['yes', 'No']],
    ['boolean', ['y', 'N']],
    ['boolean', ['on', 'off']],
    ['date', ['2020-01-31', '2020/02/29']],
    ['timestamp without time zone', ['2020-01-31 10:11', '2020-01-31T10:11:12.5']],
    ['timestamp without time zone', ['2020-01-31', '2020-01-31 10:11']],
    ['timestamp with time zone', ['2020-01-31T10:11Z', '2020-01-31 10:11:12+02']],
  ])('is %s for %j', (type, values) => {
    expect(typeOf(values)).toBe(type);
  });

  it.each<[string, string[]]>([
    ['leading zeros', ['007', '12']],
    ['a single zero too many', ['00']],
    ['phone numbers', ['+34911234567', '+34911234568']],
    ['ids of 20 digits', ['12345678901234567890']],
    ['numbers one beyond 64 bits', ['9223372036854775808']],
    ['a decimal beside a number that a double cannot hold', ['9007199254740993', '0.5']],
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
    ['days before months', ['31/12/2020']],
    ['a time of day', ['10:11', '10:12']],
    ['thousands separators', ['1,000', '2,000']],
    ['decimal commas', ['1,5']],
    ['percentages', ['5%']],
    ['currencies', ['$5', '€5']],
    ['hexadecimal', ['0x10']],
    ['words for no number', ['nan', 'NaN']],
    ['infinity', ['inf', '-Infinity']],
    ['a single value that does not fit', ['1', '2', 'x']],
    ['a number of more than 40 characters', ['1.5', `0.${'1'.repeat(39)}`]],
    ['nothing but empty values', ['', '""', '  ']],
    ['no values', []],
  ])('is text for %s', (_name, values) => {
    expect(typeOf(values)).toBe('text');
  });

  it('is text for quoted values when quoted fields are not to be guessed', () => {
    const options = { quotedFieldsGuessing: false };
    expect(typeOf(['"1"', '"2"'], options)).toBe('text');
    expect(typeOf(['1', '"2"'], options)).toBe('text');
    expect(typeOf(['1', '2'], options)).toBe('integer');
    expect(typeOf(['1', '""'], options)).toBe('integer');
  });

  it.each([['1', '2'], ['true'], ['2020-01-01'], ['1.5']])(
    'is text for anything when types are not to be guessed (%j)',
    (...values) => {
      expect(typeOf(values, { typeGuessing: false })).toBe('text');
    },
  );

  it('does not depend on the order of the values', () => {
    const values = ['1', '2147483648', '0.5', '', '9007199254740992'];
    expect(typeOf(values)).toBe('double precision');
    expect(typeOf(values.toReversed())).toBe('double precision');
  });
});
