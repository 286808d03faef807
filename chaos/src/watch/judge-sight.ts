import { rowCountOf, type SourceShape } from '../sources/version.js';

/** What a reader saw of a table in one statement; `null` where there was no such table. */
export type Sight = {
  readonly rows: number;
  /** How many different values the key has. */
  readonly keys: number;
  readonly versionMin: number;
  readonly versionMax: number;
  readonly sourceMin: number;
  readonly sourceMax: number;
} | null;

/**
 * What a sight of a table breaks of the promises, `null` when it breaks none: always there, never empty, whole, of one
 * version, of its own source, with its key, and never older than what was seen before.
 */
export function judgeSight(sight: Sight, shape: SourceShape, seenVersion: number): string | null {
  if (sight === null) return 'the table is missing';
  if (sight.rows === 0) return 'the table is empty';
  if (sight.sourceMin !== shape.number || sight.sourceMax !== shape.number)
    return 'the table holds another source';
  if (sight.versionMin !== sight.versionMax) {
    return `versions ${sight.versionMin} and ${sight.versionMax} are mixed`;
  }
  const expected = rowCountOf(shape, sight.versionMin);
  if (sight.rows !== expected) return `version ${sight.versionMin} has ${sight.rows} rows of ${expected}`;
  if (sight.keys !== sight.rows) return `${sight.rows} rows have ${sight.keys} keys`;
  if (sight.versionMin < seenVersion) return `version ${sight.versionMin} came after version ${seenVersion}`;
  return null;
}
