import type { LoadedColumn, SchemaChange } from '@tidetable/contracts';

type Column = Pick<LoadedColumn, 'name' | 'type'>;

/** How the columns of a table differ from those before, by their names; `null` where they are the same. */
export function compareColumns(before: readonly Column[], after: readonly Column[]): SchemaChange | null {
  const typesBefore = new Map(before.map(({ name, type }) => [name, type]));
  const namesAfter = new Set(after.map(({ name }) => name));
  const added = after.filter(({ name }) => !typesBefore.has(name)).map(columnOf);
  const removed = before.filter(({ name }) => !namesAfter.has(name)).map(columnOf);
  const retyped = after.flatMap(({ name, type }) => {
    const typeBefore = typesBefore.get(name);
    return typeBefore === undefined || typeBefore === type ? [] : [{ name, type, before: typeBefore }];
  });
  return added.length + removed.length + retyped.length === 0 ? null : { added, removed, retyped };
}

function columnOf({ name, type }: Column): Column {
  return { name, type };
}
