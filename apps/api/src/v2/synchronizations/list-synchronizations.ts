import { z } from 'zod';
import type { Asks } from '../../database/metadata-database.js';
import type { SynchronizationRow } from '../../synchronizations/synchronization-row.js';
import { readCursor, writeCursor } from '../cursor.js';
import type { ListFields } from './list-fields.js';
import { type ListFilters, type ListPosition, listStatement, orderOf } from './list-statement.js';

const microseconds = z.string().regex(/^-?\d{1,18}$/);
const positions = {
  created: z.tuple([microseconds, z.uuid()]),
  due: z.tuple([microseconds, z.uuid()]),
  name: z.tuple([z.string().refine((text) => !text.includes('\u0000')), z.uuid()]),
};

/** Rows of a list, and the cursor after them; `null` when they are the last. */
export interface SynchronizationPage {
  readonly rows: readonly SynchronizationRow[];
  readonly cursor: string | null;
}

/**
 * One page of an account's synchronizations. Whatever is created, deleted or renamed between two pages, no row that stays
 * where it is comes twice or is left out. A page costs the same wherever it is.
 *
 * @throws Problem 400 when the cursor is not of this list
 */
export async function listSynchronizations(
  database: Asks,
  accountId: string,
  { limit, cursor, ...filters }: ListFields,
): Promise<SynchronizationPage> {
  const after = cursor === undefined ? null : readPosition(filters, cursor);
  // One more than is shown tells whether there is another page.
  const { statement, parameters } = listStatement(accountId, filters, after, limit + 1);
  const found = await database.query<SynchronizationRow & { position: string }>(statement, parameters);
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const isLastPage = found.length <= limit || last === undefined;
  return { rows, cursor: isLastPage ? null : writeCursor(filters, [last.position, last.id]) };
}

function readPosition(filters: ListFilters, cursor: string): ListPosition {
  return readCursor(filters, cursor, positions[orderOf(filters)]);
}
