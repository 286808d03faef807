import type { ImportOptions, TablePlan } from '@tidetable/contracts';
import { keyColumn } from '../columns/name-columns.js';
import { explainColumnTypes } from '../explain-column-types.js';
import type { TableReader } from '../formats/table-reader.js';
import type { LoadedRows } from '../load/load-table.js';

type Column = TablePlan['columns'][number];

/** Why each column has its type: also where there is nothing to wonder about, and never with the value of a cell. */
export function explainTypes(
  columns: readonly Omit<Column, 'why'>[],
  loaded: LoadedRows,
  reader: Pick<TableReader, 'columns' | 'quotesText'>,
  options: Pick<ImportOptions, 'typeGuessing'>,
): Column[] {
  const found = explainColumnTypes(loaded);
  const { names, plan } = loaded;
  const why = ({ name, type }: Omit<Column, 'why'>): string => {
    const column = names.indexOf(name);
    if (name === keyColumn)
      return column === -1 ? 'It is ours and numbers the rows.' : 'It is the key, by its name.';
    if (column === -1) return 'It is ours and holds where the row is.';
    const isCoordinate =
      plan.place.from === 'point' && (column === plan.place.longitude || column === plan.place.latitude);
    if (isCoordinate) return 'It is a coordinate of the geometry.';
    const told = found.get(name);
    if (told !== undefined) return told;
    if (reader.columns[column]?.type !== null) return 'The format declares it.';
    if (!options.typeGuessing && reader.quotesText !== true) return 'Types are not to be guessed.';
    return type === 'text' ? 'No other type fits all of its values.' : `All of its values are ${type}.`;
  };
  return columns.map(({ name, header, type }) => ({
    ...{ name, header, type },
    why: why({ name, header, type }),
  }));
}
