import type { SheetTable } from './survey-sheet.js';
import type { SheetCounts } from './write-cell.js';

/** A report must fit into one event, and nobody reads more. */
const namedMax = 20;

/** What a customer should know of how a sheet became a table, in sentences. */
export function describeSheet(
  name: string,
  { titleRows }: SheetTable,
  others: readonly string[],
  counts: SheetCounts,
  mergedRanges: number,
): string[] {
  const told: string[] = [];
  if (others.length > 0) {
    const more = others.length > namedMax ? `, and ${others.length - namedMax} more` : '';
    const named = others.slice(0, namedMax).join(', ');
    told.push(`The table is the sheet ${name}; not read were: ${named}${more}.`);
  }
  if (titleRows.length > 0) {
    told.push(`The title in ${rowsAt(titleRows)} above the header was left out.`);
  }
  if (counts.errors > 0) told.push(`${cellsAre(counts.errors)} empty for an error, such as #N/A.`);
  if (counts.uncomputed > 0) {
    told.push(
      `${cellsAre(counts.uncomputed)} empty since the formula was never computed; open the workbook in a spreadsheet program and save it.`,
    );
  }
  if (counts.emptyDays > 0) told.push(`${cellsAre(counts.emptyDays)} empty for showing day 0 of month 0.`);
  if (mergedRanges > 0) {
    told.push(
      mergedRanges === 1
        ? 'Merged cells in 1 place: their value is in the first of them.'
        : `Merged cells in ${mergedRanges} places: their value is in the first of them.`,
    );
  }
  return told;
}

function rowsAt(numbers: readonly number[]): string {
  return numbers.length === 1 ? `row ${numbers[0]}` : `rows ${numbers[0]} to ${numbers.at(-1)}`;
}

function cellsAre(count: number): string {
  return count === 1 ? '1 cell is' : `${count} cells are`;
}
