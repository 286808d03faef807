import type { Doubt } from './columns/column-type.js';
import type { ColumnNotes } from './load/describe-columns.js';

/** Further columns of the same kind are counted: a report must fit into one event. */
const namedMax = 20;

/** Why a column stays text although it looks like something else. */
export const doubts: Record<Doubt, string> = {
  'date-order': 'no value tells whether its dates begin with the day or the month',
  'date-separators': 'its dates are not all separated in the same way',
  'short-year': 'the years of its dates have two digits, which do not tell the century',
  'decimal-mark': 'no value tells whether its commas and points are decimal marks or separate thousands',
  separators: 'its numbers separate thousands in more than one way',
  spaces: 'its digits stand in groups, and nothing tells whether they are amounts',
  units: 'not all of its values have the same unit',
  'long-integers': 'it has whole numbers beyond 64 bits, which may be identifiers',
  exponents: 'its whole numbers with an exponent may be codes',
};

/** What is worth telling of a table's columns: sentences without the value of any cell. */
export function describeColumnNotes(notes: ColumnNotes): string[] {
  return [
    ...limited(
      notes.retyped.map(
        ({ name, type, line }) =>
          `Column ${name} is ${type}: what the beginning of the file suggested does not fit the value on line ${line}.`,
      ),
    ),
    ...limited(
      notes.widened.map(
        ({ name, from, to, line }) =>
          `Column ${name} was ${from} and is ${to} now${line === null ? '.' : `: the value on line ${line} did not fit.`}`,
      ),
    ),
    ...limited(notes.doubted.map(({ name, doubt }) => `Column ${name} stays text: ${doubts[doubt]}.`)),
    ...limited(
      notes.units.map(({ name, unit }) =>
        unit === 'percent'
          ? `Column ${name} holds percentages as they are written, without the sign: 12% is 12.`
          : `Column ${name} holds amounts without the sign of their currency.`,
      ),
    ),
    ...limited(
      notes.emptied.map(
        ({ name, count }) =>
          `Column ${name} is empty where the file has a word for nothing (NULL, NA, N/A, - or \\N): in ${count === 1 ? '1 row' : `${count} rows`}.`,
      ),
    ),
  ];
}

function limited(sentences: readonly string[]): string[] {
  const further = sentences.length - namedMax;
  if (further <= 0) return [...sentences];
  return [...sentences.slice(0, namedMax), `The same is true of ${further} more columns.`];
}
