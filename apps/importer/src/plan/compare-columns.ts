import type { TablePlan } from '@tidetable/contracts';

interface Column {
  readonly name: string;
  readonly type: string;
}

type Difference = Omit<NonNullable<TablePlan['difference']>, 'table'>;

/** What the columns of a table would gain, lose and become. */
export function compareColumns(present: readonly Column[], planned: readonly Column[]): Difference {
  const byName = (columns: readonly Column[]): Map<string, string> =>
    new Map(columns.map(({ name, type }) => [name, type]));
  const [before, after] = [byName(present), byName(planned)];
  const lacking = (columns: Map<string, string>, others: Map<string, string>): Column[] =>
    [...columns].filter(([name]) => !others.has(name)).map(([name, type]) => ({ name, type }));
  return {
    added: lacking(after, before),
    removed: lacking(before, after),
    retyped: [...after].flatMap(([name, to]) => {
      const from = before.get(name);
      return from === undefined || from === to ? [] : [{ name, from, to }];
    }),
  };
}
