import type { ClientBase } from 'pg';
import { z } from 'zod';
import type { ColumnType, Notation } from '../columns/column-type.js';
import { knownPossible } from '../columns/known-type.js';
import type { RememberedColumn } from '../columns/remembered-column.js';
import type { GuessingOptions } from '../columns/type-sampler.js';
import { ledgerTable } from './ledger.js';

const notations = [
  'plain',
  'point',
  'comma',
  'day-first',
  'month-first',
  'month-named',
] as const satisfies Notation[];

const memorySchema = z.object({
  typeGuessing: z.boolean(),
  quotedFieldsGuessing: z.boolean(),
  columns: z.array(
    z.object({
      name: z.string(),
      header: z.string().nullable(),
      type: z.string(),
      notation: z.enum(notations).catch('plain'),
    }),
  ),
});

/** What the ledger keeps of a table's columns, for `recallColumns` in the next refresh. */
export function memorizeColumns(options: GuessingOptions, columns: readonly RememberedColumn[]): string {
  const { typeGuessing, quotedFieldsGuessing } = options;
  const memory: z.input<typeof memorySchema> = { typeGuessing, quotedFieldsGuessing, columns: [...columns] };
  return JSON.stringify(memory);
}

/**
 * The columns as the last refresh made them. None where there was no refresh yet, or where types were found in another
 * way then: whoever changes how types are guessed wants them anew.
 */
export async function recallMemory(
  client: ClientBase,
  synchronizationId: string,
  options: GuessingOptions,
): Promise<RememberedColumn[]> {
  const { rows } = await client.query<{ column_types: unknown }>(
    `SELECT column_types FROM ${ledgerTable} WHERE synchronization_id = $1 AND column_types IS NOT NULL`,
    [synchronizationId],
  );
  if (rows[0] === undefined) return [];
  const memory = memorySchema.parse(rows[0].column_types);
  const isSameWay =
    memory.typeGuessing === options.typeGuessing &&
    memory.quotedFieldsGuessing === options.quotedFieldsGuessing;
  if (!isSameWay) return [];
  return memory.columns.flatMap((column) =>
    isColumnType(column.type) ? [{ ...column, type: column.type }] : [],
  );
}

/** A later version may have known more types. */
function isColumnType(type: string): type is ColumnType {
  return Object.hasOwn(knownPossible, type);
}
