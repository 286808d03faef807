import { listNames } from '../list-names.js';
import { FeatureItems } from './feature-items.js';
import type { Items } from './items.js';
import type { JsonLayout } from './layout.js';
import type { RowCells } from './row-cells.js';

/** What the customer should know of how a file of JSON was read. */
export function describeWarnings({ others }: JsonLayout, cells: RowCells, items: Items): string[] {
  const warnings: string[] = [];
  if (others.length > 0) {
    warnings.push(`Only one list of the file is the table; not read were: ${listNames(others)}.`);
  }
  if (items instanceof FeatureItems) warnings.push(...describeGeometries(items));
  if (cells.loneHalves > 0) {
    warnings.push(
      `${count(cells.loneHalves, 'broken character')} in texts became the replacement character.`,
    );
  }
  return warnings;
}

function describeGeometries(items: FeatureItems): string[] {
  const warnings: string[] = [];
  if (items.hasSecondId()) {
    warnings.push('Features have an id besides a property of that name; the column id is the property.');
  }
  if (items.outside > 0) {
    warnings.push(
      `${count(items.outside, 'geometry', 'geometries')} with coordinates that are no degrees became empty.`,
    );
  }
  if (items.malformed > 0) {
    warnings.push(
      `${count(items.malformed, 'geometry', 'geometries')} that are none by GeoJSON's rules became empty.`,
    );
  }
  if (items.closedRings > 0) {
    warnings.push(
      `${count(items.closedRings, 'geometry', 'geometries')} had a ring that was not closed; it was closed.`,
    );
  }
  return warnings;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
