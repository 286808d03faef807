import { listNames } from '../list-names.js';

/** What the customer should know of how a shapefile was read. */
export function describeShapes(memos: readonly string[], lostParts: number, entangled: number): string[] {
  const warnings: string[] = [];
  if (memos.length > 0) {
    warnings.push(
      `Columns whose texts are in a file of their own, which is not read, are empty: ${listNames(memos)}.`,
    );
  }
  if (lostParts > 0) {
    warnings.push(`${count(lostParts)} had parts that are no line or enclose nothing; these were left out.`);
  }
  if (entangled > 0) warnings.push(`${count(entangled)} of far too many rings in each other became empty.`);
  return warnings;
}

function count(geometries: number): string {
  return geometries === 1 ? '1 geometry' : `${geometries} geometries`;
}
