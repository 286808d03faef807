import type { KnownType } from './known-type.js';

/** A column as the last refresh of its table made it. */
export interface RememberedColumn extends KnownType {
  readonly name: string;
  /** Its header in the file, `null` where the file named none. */
  readonly header: string | null;
}

/** What is remembered of each of a file's columns: the same name, from the same header. */
export function recallColumns(
  remembered: readonly RememberedColumn[],
  names: readonly string[],
  headers: readonly (string | null)[],
): (RememberedColumn | null)[] {
  const byName = new Map(remembered.map((column) => [column.name, column]));
  return names.map((name, index) => {
    const column = byName.get(name);
    return column !== undefined && column.header === (headers[index] ?? null) ? column : null;
  });
}
