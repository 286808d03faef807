import { SyncError } from '@tidetable/contracts';
import { DatabaseError } from 'pg';
import type { ColumnNotes } from '../load/describe-columns.js';

/** SQLSTATEs that say that something does not go with a type: of a view's column, an operator, a function, a cast. */
const typeMismatches: ReadonlySet<string> = new Set(['42P16', '42804', '42883', '42846']);

/** Further columns are left out: one of them is the reason as a rule. */
const namedMax = 5;

/**
 * Adds to a failure, which names what does not go with the types of the new table, the columns that had to become
 * wider: a view that shows such a column as it is keeps the type that it was made with. Other errors are returned as
 * they are.
 */
export function blameWidening(error: unknown, widened: ColumnNotes['widened']): unknown {
  if (!(error instanceof SyncError) || error.code !== 'table-has-dependents' || widened.length === 0) {
    return error;
  }
  const isMismatch = error.cause instanceof DatabaseError && typeMismatches.has(error.cause.code ?? '');
  if (!isMismatch) return error;
  const columns = widened
    .slice(0, namedMax)
    .map(
      ({ name, from, to, line }) =>
        `${name} had to go from ${from} to ${to}${line === null ? '' : ` by line ${line}`}`,
    );
  return new SyncError(error.code, [error.detail, ...columns].filter(Boolean).join('; '), {
    cause: error.cause,
  });
}
