import { doubts } from './describe-column-notes.js';
import type { ColumnNotes } from './load/describe-columns.js';

/**
 * Why columns have their types, by name, in sentences without the value of any cell. Only where there is more to say than
 * that all values are of the type.
 */
export function explainColumnTypes({
  retyped,
  widened,
  doubted,
}: Pick<ColumnNotes, 'retyped' | 'widened' | 'doubted'>): ReadonlyMap<string, string> {
  return new Map([
    ...doubted.map(({ name, doubt }) => [name, `It stays text: ${doubts[doubt]}.`] as const),
    ...retyped.map(
      ({ name, line }) =>
        [name, `What the beginning of the file suggested does not fit the value on line ${line}.`] as const,
    ),
    ...widened.map(
      ({ name, from, line }) =>
        [
          name,
          `It was ${from} before${line === null ? '.' : `; the value on line ${line} did not fit.`}`,
        ] as const,
    ),
  ]);
}
