import { type ColumnType, type Doubt, mark, type Reading } from '../columns/column-type.js';
import type { RememberedColumn } from '../columns/remembered-column.js';
import { geometryFieldOf } from '../geometry/place-plan.js';
import type { CopyEncoder, LoadPlan } from './copy-encoder.js';

/** What is worth telling of a file's columns, by name. */
export interface ColumnNotes {
  /** Columns whose type the beginning of the file suggested and a later line disproved. */
  retyped: { name: string; type: ColumnType; line: number }[];
  /** Columns whose type was another in the last refresh, and the line that forced it where it was a value. */
  widened: { name: string; from: ColumnType; to: ColumnType; line: number | null }[];
  /** Columns that stay text although they look like something else. */
  doubted: { name: string; doubt: Doubt }[];
  /** Columns whose values had a unit that the numbers are without. */
  units: { name: string; unit: 'percent' | 'currency' }[];
  /** Columns with words for nothing, and how many there were. */
  emptied: { name: string; count: number }[];
  /** The columns, to be remembered for the next refresh. */
  remembered: RememberedColumn[];
}

/** What the two passes over a file, or the only one, made of its columns. */
export interface LoadedColumns {
  names: readonly string[];
  headers: readonly (string | null)[];
  plan: LoadPlan;
  readings: readonly Reading[];
  /** The evidence behind the readings, as bits of `mark`. */
  seen: Uint32Array;
  first: CopyEncoder;
  loaded: CopyEncoder;
  known: readonly (RememberedColumn | null)[];
  /** Where the beginning of the file left a known type. */
  leftLines: Uint32Array;
}

/** Notes on the columns that the file has of its own; its key and geometry are ours. */
export function describeColumns(columns: LoadedColumns): ColumnNotes {
  const { names, headers, plan, readings, seen, first, loaded, known, leftLines } = columns;
  const notes: ColumnNotes = {
    retyped: [],
    widened: [],
    doubted: [],
    units: [],
    emptied: [],
    remembered: [],
  };
  names.forEach((name, column) => {
    if (column === plan.key || column === geometryFieldOf(plan.place)) return;
    const type = plan.types[column]!;
    const { doubt, notation } = readings[column]!;
    const before = known[column] ?? null;
    const disprovedLine = first.disprovedLines[column]!;
    if (before !== null && before.type !== type) {
      const line = leftLines[column]! || disprovedLine || null;
      notes.widened.push({ name, from: before.type, to: type, line });
    } else if (disprovedLine !== 0) notes.retyped.push({ name, type, line: disprovedLine });
    if (type === 'text' && doubt !== null) notes.doubted.push({ name, doubt });
    if (type !== 'text' && (seen[column]! & (mark.percent | mark.currency)) !== 0) {
      notes.units.push({ name, unit: (seen[column]! & mark.percent) !== 0 ? 'percent' : 'currency' });
    }
    if (loaded.emptyWords[column]! > 0) notes.emptied.push({ name, count: loaded.emptyWords[column]! });
    notes.remembered.push({
      name,
      header: headers[column] ?? null,
      type,
      // What was known and is not contradicted goes on being known.
      notation: notation === 'plain' && before !== null && before.type === type ? before.notation : notation,
    });
  });
  return notes;
}
