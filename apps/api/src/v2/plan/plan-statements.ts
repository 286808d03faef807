import type { Statement } from '../../database/metadata-database.js';

/** $1 account, $2 the name of a table. Which synchronization fills it. */
export const findByTable: Statement = {
  name: 'find-synchronization-by-table',
  text: `
SELECT id
  FROM synchronizations
 WHERE account_id = $1 AND name = $2 AND deleted_at IS NULL
 LIMIT 1`,
};

/** $1 account. The limits that it has of its own; those that it has not are left out. */
export const findLimits: Statement = {
  name: 'find-limits-of-account',
  text: `
SELECT jsonb_strip_nulls(jsonb_build_object(
         'fileBytes', file_bytes_max,
         'rows', rows_max,
         'columns', columns_max,
         'vertices', vertices_max,
         'layers', layers_max)) AS limits
  FROM accounts
 WHERE id = $1`,
};
